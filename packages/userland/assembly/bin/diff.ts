import { diff } from "../lib/diff/main";

diff();
