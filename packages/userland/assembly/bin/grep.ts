import { grep } from "../lib/grep/main";

grep(0);
