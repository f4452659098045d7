// Every page works without this file. It only saves time: fresh tokens, kept focus, one click that counts once.
import { autosave } from "./ts/autosave";
import { chips } from "./ts/chips";
import { communes } from "./ts/communes";
import { copyLinks } from "./ts/copy";
import { csrf } from "./ts/csrf";
import { focus } from "./ts/focus";
import { menus } from "./ts/menus";
import { stayAwake, weighFiles } from "./ts/proof";
import { submitOnce } from "./ts/submit";

csrf();
submitOnce();
copyLinks();
chips();
communes();
autosave();
focus();
menus();
stayAwake();
weighFiles();
