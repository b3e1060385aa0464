/** What is shipped beside our own userland: where it comes from, where it goes and under what terms. */
export interface Component {
  /** Folder under /usr/share/licenses. */
  readonly name: string;
  readonly version: string;
  readonly spdx: string;
  readonly source: string;
  /** Files of `licences/` that make up its licence text. */
  readonly licences: readonly string[];
  /** Compiled in, or needed to build. */
  readonly includes?: readonly string[];
}

export interface Program {
  /** File in the upstream package. */
  readonly module: string;
  readonly path: string;
  /** What the progress line calls its download. */
  readonly title: string;
  readonly links?: readonly string[];
}

export const programs: readonly Program[] = [
  {
    module: "python-3.11.3.wasm",
    path: "/usr/bin/python3",
    title: "Python 3.11",
    links: ["/usr/bin/python", "/usr/bin/python3.11"],
  },
  { module: "ruby-3.2.0.wasm", path: "/usr/bin/ruby", title: "Ruby 3.2" },
  { module: "php-cgi-8.2.0.wasm", path: "/usr/bin/php-cgi", title: "PHP 8.2" },
  { module: "wasmedge_quickjs.wasm", path: "/usr/lib/quickjs/qjs", title: "QuickJS" },
  { module: "sqlite.wasm", path: "/usr/lib/sqlite/sqlite3", title: "SQLite" },
  { module: "clang.wasm", path: "/usr/lib/llvm/bin/clang", title: "Clang 8" },
  { module: "wasm-ld.wasm", path: "/usr/bin/wasm-ld", title: "the Wasm linker", links: ["/usr/bin/ld"] },
];

/** Files of a tar archive that are laid out as a tree, by prefix. The libraries of Python and Ruby are inside their modules. */
export interface Tree {
  readonly archive: string;
  readonly title: string;
  readonly places: Readonly<Record<string, string>>;
}

export const trees: readonly Tree[] = [
  {
    archive: "clang-fs.tar.gz",
    title: "C and C++ headers and libraries",
    places: {
      "sys/include": "/usr/share/wasi-sysroot/include",
      "sys/lib/wasm32-wasi": "/usr/share/wasi-sysroot/lib/wasm32-wasi",
      "sys/lib/clang": "/usr/lib/clang",
    },
  },
];

/**
 * Other names. The compiler driver looks at its own to choose C or C++; scripts for these interpreters begin with
 * "#!/usr/bin/env" wherever they come from.
 */
export const links: Readonly<Record<string, string>> = {
  "/usr/bin/env": "../../bin/env",
  "/usr/bin/cc": "clang",
  "/usr/bin/gcc": "clang",
  "/usr/bin/c++": "clang",
  "/usr/bin/g++": "clang",
  "/usr/bin/clang++": "clang",
  "/usr/bin/quickjs": "qjs",
};

export const components: readonly Component[] = [
  {
    name: "python3",
    version: "3.11.3",
    spdx: "Python-2.0.1",
    source: "https://github.com/python/cpython/tree/v3.11.3",
    licences: ["python.txt"],
    includes: [
      "zlib (Zlib), SQLite (public domain), libuuid (BSD-3-Clause), bzip2 (bzip2-1.0.6)",
      "wasi-vfs (Apache-2.0), built by https://github.com/vmware-labs/webassembly-language-runtimes (Apache-2.0)",
      "wasi-libc (MIT), see wasi-libc",
    ],
  },
  {
    name: "ruby",
    version: "3.2.0",
    spdx: "BSD-2-Clause",
    source: "https://github.com/ruby/ruby/tree/v3_2_0",
    licences: ["ruby.txt"],
    includes: [
      "wasi-vfs (Apache-2.0), built by https://github.com/vmware-labs/webassembly-language-runtimes (Apache-2.0)",
      "wasi-libc (MIT), see wasi-libc",
    ],
  },
  {
    name: "php",
    version: "8.2.0",
    spdx: "PHP-3.01",
    source: "https://github.com/php/php-src/tree/php-8.2.0",
    licences: ["php.txt"],
    includes: [
      "libxml2 (MIT), SQLite (public domain), zlib (Zlib), libpng (libpng-2.0), Oniguruma (BSD-2-Clause), PCRE2 (BSD-3-Clause)",
      "built by https://github.com/vmware-labs/webassembly-language-runtimes (Apache-2.0)",
      "wasi-libc (MIT), see wasi-libc",
    ],
  },
  {
    name: "quickjs",
    version: "wasmedge-quickjs",
    spdx: "MIT AND Apache-2.0",
    source: "https://github.com/second-state/wasmedge-quickjs",
    licences: ["quickjs.txt", "apache-2.0.txt"],
    includes: ["QuickJS (MIT), https://bellard.org/quickjs/"],
  },
  {
    name: "sqlite3",
    version: "3",
    spdx: "blessing",
    source: "https://sqlite.org/src",
    licences: ["sqlite.txt"],
  },
  {
    name: "clang",
    version: "8.0.1",
    spdx: "NCSA",
    source: "https://github.com/llvm/llvm-project/tree/llvmorg-8.0.1",
    licences: ["llvm.txt"],
    includes: [
      "clang, lld, libc++ and libc++abi of the same release",
      "built by https://github.com/binji/wasm-clang (Apache-2.0)",
    ],
  },
  {
    name: "wasi-libc",
    version: "2019",
    spdx: "MIT AND CC0-1.0 AND BSD-2-Clause",
    source: "https://github.com/WebAssembly/wasi-libc",
    licences: ["musl.txt"],
    includes: ["dlmalloc (CC0-1.0)", "cloudlibc and libpreopen (BSD-2-Clause), see their notices in the source"],
  },
];
