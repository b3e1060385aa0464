import type { Machine } from "@cloudos/abi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bootForTest, exited, run } from "./harness.ts";

/** The programs that come from elsewhere, each as a person would use it. */
describe("third-party programs", () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await bootForTest({ mode: "smp", cores: 2 });
    await machine.files.mkdir("/tmp/work");
  });
  afterAll(() => machine.shutdown());

  const inWork = (argv: readonly string[], stdin = "") => run(machine, argv, { cwd: "/tmp/work", stdin });
  const sh = (script: string, stdin = "") => inWork(["sh", "-c", script], stdin);
  const write = (name: string, text: string) =>
    machine.files.writeFile(`/tmp/work/${name}`, new TextEncoder().encode(text));

  describe("python3", () => {
    it("has its library", async () => {
      const code = `import sys, json, re, sqlite3, datetime; print(json.dumps({"v": sys.version_info[:2]}))`;
      expect(await inWork(["python3", "-c", code])).toMatchObject({ status: exited(0), stdout: '{"v": [3, 11]}\n' });
    });
    it("reads and writes files relative to the working directory", async () => {
      const code = `open("py.txt", "w").write("six"); print(open("/tmp/work/py.txt").read(), sorted(__import__("os").listdir("."))[:1])`;
      expect((await inWork(["python3", "-c", code])).stdout).toBe("six ['py.txt']\n");
    });
    it("imports from beside a script, passes arguments and the exit status", async () => {
      await write("beside.py", "x = 6 * 7\n");
      await write("main.py", "import sys, beside\nprint(beside.x, sys.argv[1:])\nsys.exit(3)\n");
      expect(await inWork(["python3", "main.py", "a", "b c"])).toEqual({
        status: exited(3),
        stdout: "42 ['a', 'b c']\n",
        stderr: expect.any(String),
      });
    });
    it("is an end of a pipeline", async () => {
      const { stdout } = await sh(`python3 -c 'print(6*7)' | cat > answer; cat answer; rm answer`);
      expect(stdout).toBe("42\n");
    });
    it("runs by its #! line", async () => {
      await write("hash-bang", "#!/usr/bin/env python3\nimport sys\nprint(sys.stdin.read().upper())\n");
      expect((await sh("chmod +x hash-bang; ./hash-bang", "text")).stdout).toBe("TEXT\n");
    });
  });

  describe("ruby", () => {
    it("has its library and files", async () => {
      const code = `require "json"; require "set"; File.write("rb.txt", "six"); puts JSON.generate({v: RUBY_VERSION[0, 3], f: File.read("rb.txt")}); exit 4`;
      expect(await inWork(["ruby", "-e", code])).toMatchObject({
        status: exited(4),
        stdout: '{"v":"3.2","f":"six"}\n',
      });
    });
  });

  describe("php", () => {
    it("runs code with arguments and standard streams", async () => {
      const code = `echo PHP_VERSION, json_encode(array_slice($argv, 1)), fgets(STDIN); fwrite(STDERR, "err\\n"); exit(3);`;
      const result = await inWork(["php", "-r", code, "a", "b c"], "line\n");
      expect(result).toMatchObject({ status: exited(3), stdout: '8.2.0["a","b c"]line\n' });
      expect(result.stderr).toContain("err\n");
    });
    it("runs a file where it stands, and one from standard input", async () => {
      await write("a.php", "<?php file_put_contents('p.txt', 'six'); echo getcwd(), ' ', file_get_contents('p.txt');");
      expect((await inWork(["php", "a.php"])).stdout).toBe("/tmp/work six");
      expect((await inWork(["php"], "<?php echo 6 * 7;")).stdout).toBe("42");
    });
    it("refuses an unknown option", async () => {
      expect(await inWork(["php", "--nope"])).toMatchObject({
        status: exited(1),
        stderr: "php: unknown option '--nope'\n",
      });
    });
  });

  describe("qjs", () => {
    it("runs code, a file and its standard input", async () => {
      await write("a.js", "print(JSON.stringify([6 * 7]))");
      expect((await inWork(["qjs", "-e", "print(6 * 7, `it's`)"])).stdout).toBe("42 it's\n");
      expect((await inWork(["qjs", "a.js"])).stdout).toBe("[42]\n");
      expect((await inWork(["qjs"], "print('in')")).stdout).toBe("in\n");
      expect((await sh("ls /tmp | grep qjs-")).stdout).toBe("");
    });
  });

  describe("sqlite3", () => {
    it("keeps a database in a file", async () => {
      await inWork(["sqlite3", "t.db", "create table t(a); insert into t values (1), (2);"]);
      expect(await inWork(["sqlite3", "t.db"], "select sum(a) from t;\n")).toMatchObject({
        status: exited(0),
        stdout: "3\n",
      });
    });
    it("reports errors in its status", async () => {
      expect((await inWork(["sqlite3", "t.db", "select * from none"])).status).toEqual(exited(1));
    });
  });

  describe("clang and wasm-ld", () => {
    it("compile, link and run C in one command", async () => {
      await write(
        "hello.c",
        `#include <stdio.h>\n#include <math.h>\nint main(int c, char **v) { printf("hello %d %s %.3f\\n", c, v[1], sqrt(2)); return 5; }\n`,
      );
      expect((await sh("cc -O2 -Wall hello.c -o hello -lm && ./hello x")).stdout).toBe("hello 2 x 1.414\n");
      expect((await inWork(["./hello", "x"])).status).toEqual(exited(5));
    });
    it("compile apart, with definitions and folders, and link objects", async () => {
      await machine.files.mkdir("/tmp/work/include dir");
      await write("include dir/two.h", "int twice(int);\n");
      await write("two.c", '#include "two.h"\nint twice(int x) { return FACTOR * x; }\n');
      await write(
        "main.c",
        '#include <stdio.h>\n#include "two.h"\nint main(void) { printf("%d %s\\n", twice(21), WORD); }\n',
      );
      const script = `cc -c -DFACTOR=2 -I 'include dir' two.c && cc "-DWORD=\\"it's\\"" -I'include dir' main.c two.o && ./a.out && rm a.out two.o`;
      expect(await sh(script)).toMatchObject({ status: exited(0), stdout: "42 it's\n" });
    });
    it("compile C++", async () => {
      await write(
        "a.cpp",
        `#include <iostream>\n#include <vector>\nint main() { std::vector<int> v{1, 2}; for (int x : v) std::cout << x << std::endl; }\n`,
      );
      expect((await sh("c++ -std=c++17 -O1 a.cpp -o app && ./app")).stdout).toBe("1\n2\n");
    });
    it("say what is wrong and leave nothing behind", async () => {
      await write("bad.c", "int main(void) { return nothing; }\n");
      const bad = await sh("cc bad.c -o bad; echo $?; ls bad /tmp/cc-* 2>/dev/null");
      expect(bad.stdout).toBe("1\n");
      expect(bad.stderr).toContain("bad.c:1:25: error: use of undeclared identifier 'nothing'");
      expect(await inWork(["cc", "none.c"])).toMatchObject({
        status: exited(1),
        stderr: "cc: error: no such file or directory: 'none.c'\n",
      });
    });
  });

  it("every program has its licence", async () => {
    const names = (await machine.files.readdir("/usr/share/licenses")).map(({ name }) => name);
    for (const name of ["python3", "ruby", "php", "quickjs", "sqlite3", "clang", "wasi-libc"]) {
      expect(names).toContain(name);
      expect((await machine.files.readFile(`/usr/share/licenses/${name}/LICENSE`)).length).toBeGreaterThan(100);
    }
  });
});
