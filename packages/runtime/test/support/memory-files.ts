import { ENOENT } from "@cloudos/abi/errno";
import { FileError, type HostFiles } from "@cloudos/abi/machine";

/** Files in a map: enough of HostFiles for what runtimes do. */
export class MemoryFiles {
  readonly files = new Map<string, Uint8Array>();
  readonly directories = new Set<string>();

  async readFile(path: string): Promise<Uint8Array> {
    const file = this.files.get(path);
    if (file === undefined) throw new FileError(ENOENT, `Cannot read "${path}"`);
    return file.slice();
  }
  async writeFile(path: string, data: Uint8Array): Promise<void> {
    this.files.set(path, data.slice());
  }
  async rename(from: string, to: string): Promise<void> {
    this.files.set(to, await this.readFile(from));
    this.files.delete(from);
  }
  async mkdir(path: string): Promise<void> {
    for (let at = path; at !== ""; at = at.slice(0, at.lastIndexOf("/"))) this.directories.add(at);
  }
  async readdir(path: string): Promise<readonly { name: string; type: "file" | "dir" }[]> {
    if (!this.directories.has(path)) throw new FileError(ENOENT, `Cannot list "${path}"`);
    const below = (each: string) => each.startsWith(`${path}/`) && !each.slice(path.length + 1).includes("/");
    const named = (each: string) => each.slice(path.length + 1);
    return [
      ...[...this.directories].filter(below).map((each) => ({ name: named(each), type: "dir" as const })),
      ...[...this.files.keys()].filter(below).map((each) => ({ name: named(each), type: "file" as const })),
    ];
  }
  async remove(path: string): Promise<void> {
    const inside = (each: string) => each === path || each.startsWith(`${path}/`);
    for (const each of [...this.files.keys()].filter(inside)) this.files.delete(each);
    for (const each of [...this.directories].filter(inside)) this.directories.delete(each);
  }
  async emptyTree(path: string): Promise<void> {
    await this.remove(path);
    this.directories.add(path);
  }
  async sync(): Promise<void> {}

  asHostFiles(): HostFiles {
    return this as unknown as HostFiles;
  }
}
