import { MODE_DECOMPRESS, gzip } from "../lib/gzip/main";

gzip(MODE_DECOMPRESS, true);
