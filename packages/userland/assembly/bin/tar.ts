import { tar } from "../lib/tar/main";

tar();
