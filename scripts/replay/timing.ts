import type { RecordedRun, RecordedStep } from './recording';

/** One step with everything a span needs. */
export interface TimedStep {
  step: RecordedStep;
  durationMs: number;
  /** For a model call. */
  tokensIn: number;
  tokensOut: number;
}

export interface TimedRun {
  steps: TimedStep[];
  durationMs: number;
  /** What the recording did not have and was supplied here. */
  supplied: { times: boolean; tokens: boolean };
}

/*
 * What is supplied where a recording says nothing. Rough figures of hosted models in 2025: they make runs look like runs,
 * and are no measurement. Every span of a run says so in `replay.supplied`.
 */
const MODEL_MS = 400;
const MODEL_MS_PER_TOKEN = 12;
const TOOL_MS = 150;
/** System prompt and the request that opened the run. */
const FIRST_PROMPT_TOKENS = 500;
/** Output of a call whose only content is a tool call. */
const TOOL_CALL_TOKENS = 30;
const BYTES_PER_TOKEN = 4;

/**
 * Gives every step a duration and every model call its tokens: those recorded, else supplied ones. A run whose whole
 * duration was recorded has it shared out among its steps.
 */
export function timed(run: RecordedRun): TimedRun {
  let contextBytes = FIRST_PROMPT_TOKENS * BYTES_PER_TOKEN;
  let suppliedTokens = false;
  let suppliedTimes = false;
  const steps = run.steps.map((step): TimedStep => {
    const isModel = step.kind === 'model';
    const bytes = isModel
      ? (step.out_bytes ?? 0) + (step.tool_calls ?? 0) * TOOL_CALL_TOKENS * BYTES_PER_TOKEN
      : (step.result_bytes ?? 0);
    const tokensIn = step.tokens_in ?? Math.ceil(contextBytes / BYTES_PER_TOKEN);
    const tokensOut = step.tokens_out ?? Math.max(1, Math.ceil(bytes / BYTES_PER_TOKEN));
    if (isModel && (step.tokens_in === undefined || step.tokens_out === undefined)) suppliedTokens = true;
    if (step.duration_ms === undefined) suppliedTimes = true;
    contextBytes += bytes;
    const guess = isModel ? MODEL_MS + tokensOut * MODEL_MS_PER_TOKEN : TOOL_MS;
    return { step, durationMs: step.duration_ms ?? guess, tokensIn, tokensOut };
  });
  const guessed = steps.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const whole = run.duration_ms ?? guessed;
  // Recorded step times are kept; only guesses are stretched to the run's own time.
  if (suppliedTimes && guessed > 0) {
    for (const timedStep of steps) {
      if (timedStep.step.duration_ms === undefined) timedStep.durationMs *= whole / guessed;
    }
  }
  return {
    steps,
    durationMs: steps.reduce((sum, { durationMs }) => sum + durationMs, 0),
    supplied: { times: suppliedTimes, tokens: suppliedTokens },
  };
}
