import { config } from '@/lib/config';
import { leaveDatabase } from '@/lib/services/health/leave-database';
import { startSealer } from './audit/sealer';
import { startPlaneDuties } from './drills/plane';
import { startGateTimer } from './gates/timer';
import { startOutbox } from './outbox/worker';
import { startPageTimers } from './pages/timers';
import { startReviewTimer } from './reviews/timer';
import { startRollbackTimer } from './rollbacks/timer';
import { startRollups } from './rollups/timer';
import { buildServer } from './server';
import { startSignalTimer } from './signals/timer';

/** The runtime plane as a process: listens until SIGTERM or SIGINT, then ends what it has begun. */
async function main(): Promise<void> {
  const { host, runtimePort, trustedProxies } = config();
  const server = buildServer({ trustedProxies });
  const outbox = startOutbox(server.log);
  const pages = startPageTimers(server.log);
  const duties = startPlaneDuties(server.log);
  const sealer = startSealer(server.log);
  const gates = startGateTimer(server.log);
  const rollbacks = startRollbackTimer(server.log);
  const reviews = startReviewTimer(server.log);
  const rollups = startRollups(server.log);
  const signals = startSignalTimer(server.log);

  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) return;
    stopping = true;
    server.log.info({ signal }, 'stopping');
    // Takes no new connection; answers what was sent, which waits for the writer's commits.
    await server.close();
    await pages.stop();
    await outbox.stop();
    await duties.stop();
    await gates.stop();
    await rollbacks.stop();
    await reviews.stop();
    await rollups.stop();
    await signals.stop();
    await sealer.stop();
    await leaveDatabase();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => {
      stop(signal).then(
        () => process.exit(0),
        (error: unknown) => {
          server.log.error({ err: error }, 'did not stop cleanly');
          process.exit(1);
        },
      );
    });
  // One request's fault must not end the others; what is thrown past every handler is a bug to read in the log.
  process.on('unhandledRejection', (error) => server.log.error({ err: error }, 'unhandled rejection'));
  process.on('uncaughtException', (error) => server.log.error({ err: error }, 'uncaught exception'));

  await server.listen({ host, port: runtimePort });
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
