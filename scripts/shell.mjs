// @ts-check
/**
 * npm runs a script in a shell. Told to end (`kill`, a container that stops), npm ends that shell and itself, and nobody
 * tells the script: it would keep its ports for ever. From the call on it hears SIGTERM when its shell is gone, unless it
 * has heard that it shall end already, as with a Ctrl-C, which reaches all of them.
 */
export function endWithShell() {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return;
  const shell = process.ppid;
  let told = false;
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.once(signal, () => {
      told = true;
      // Where nobody else listens, the signal ends us as if nobody did.
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    });
  const timer = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(timer);
    if (!told) process.kill(process.pid, 'SIGTERM');
  }, 500);
  timer.unref();
}
