/** Marks that this tab has already reloaded once for isolation, so a host where it cannot work does not loop. */
const RELOADED = "cloudos.isolation-reload";

/**
 * Makes the page cross-origin isolated where headers did not: registers the service worker and reloads once.
 * Resolves to false when the page is going to reload (the caller stops there), true when there is nothing more to do -
 * isolated, or not to be had (then the machine runs in UP mode).
 */
export async function ensureIsolation(): Promise<boolean> {
  if (crossOriginIsolated) {
    sessionStorageOrNull()?.removeItem(RELOADED);
    return true;
  }
  const storage = sessionStorageOrNull();
  if (!isSecureContext || !("serviceWorker" in navigator) || storage === null || storage.getItem(RELOADED) !== null)
    return true;
  try {
    void navigator.serviceWorker.register("./isolation-worker.js", { scope: "./" }).catch(() => undefined);
    await controlled();
  } catch {
    return true; // Blocked (private window, policy, sandboxed frame): UP mode.
  }
  storage.setItem(RELOADED, "1");
  location.reload();
  return false;
}

/** A host may block or hang registration; the person should not wait longer than this for the faster mode. */
const CONTROL_WAIT_MS = 3000;

function controlled(): Promise<void> {
  if (navigator.serviceWorker.controller !== null) return Promise.resolve();
  return new Promise((resolve, reject) => {
    navigator.serviceWorker.addEventListener("controllerchange", () => resolve(), { once: true });
    setTimeout(() => reject(new Error("The service worker did not take control")), CONTROL_WAIT_MS);
  });
}

/** Storage throws in sandboxed frames and with cookies blocked. */
function sessionStorageOrNull(): Storage | null {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}
