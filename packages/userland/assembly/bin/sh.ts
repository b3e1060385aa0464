/** sh: the command language of POSIX. */
import { start } from "../sh/start";

start();
