import { RE_FIXED } from "../lib/regex/syntax";
import { grep } from "../lib/grep/main";

grep(RE_FIXED);
