/** The smallest program that says something. */
import { fd_write } from "../../packages/userland/assembly/lib/wasi";

const text: usize = memory.data<u8>([104, 105, 10]);
const iovec: usize = memory.data(16, 8);

store<u32>(iovec, <u32>text);
store<u32>(iovec, 3, 4);
fd_write(2, iovec, 1, iovec + 8);
