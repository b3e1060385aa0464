import { MODE_COMPRESS, gzip } from "../lib/gzip/main";

gzip(MODE_COMPRESS, false);
