/** Whether run `r` is silent, in hand-written SQL: as `isSilent` of lib/scoring/draw.ts, and something was recorded of it. */
export const SILENT_RUN = `(r.span_count > 0 AND r.breach_count = 0 AND r.lane IN ('allow', 'degrade'))`;
