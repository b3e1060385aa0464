import { sed } from "../lib/sed/main";

sed();
