/**
 * Loaded into each plane before anything else: when `npm start` is gone without having said so
 * (kill -9), the plane ends itself rather than hold its port for ever.
 */
process.once('disconnect', () => {
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.exit(1), 10_000).unref();
});
// Listening to the parent is no reason to stay alive.
process.channel?.unref();

export {};
