/** sh: the command language of POSIX. */
import "../sh/start";
