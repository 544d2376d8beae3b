/**
 * The incident of run `r` as `i`, for a LEFT JOIN in hand-written SQL: the one that waits because of it, else the last it took
 * part in. A run may have taken part in several, one after the other.
 */
export const INCIDENT_OF_RUN = `LATERAL (
    SELECT w.* FROM incident_run t JOIN incident w ON w.id = t.incident_id
     WHERE t.run_id = r.id ORDER BY t.closed_at IS NULL DESC, t.joined_at DESC, w.number DESC LIMIT 1) i ON true`;
