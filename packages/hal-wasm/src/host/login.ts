export const LOGIN_DIRECTORY = "/home/user";
export const LOGIN_SHELL = "/bin/sh";

/** The environment of a first process. */
export function loginEnvironment(cwd: string = LOGIN_DIRECTORY): Record<string, string> {
  return {
    HOME: LOGIN_DIRECTORY,
    USER: "user",
    LOGNAME: "user",
    PATH: "/bin:/usr/bin",
    TERM: "xterm-256color",
    LANG: "C.UTF-8",
    SHELL: LOGIN_SHELL,
    PWD: cwd,
  };
}
