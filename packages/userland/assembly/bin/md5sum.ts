import { Md5 } from "../lib/digest/md5";
import { digestMain } from "../lib/digest/main";

digestMain(new Md5(), "MD5", 32);
