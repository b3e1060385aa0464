import { Sha1 } from "../lib/digest/sha1";
import { digestMain } from "../lib/digest/main";

digestMain(new Sha1(), "SHA1", 40);
