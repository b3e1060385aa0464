import { RE_EXTENDED } from "../lib/regex/syntax";
import { grep } from "../lib/grep/main";

grep(RE_EXTENDED);
