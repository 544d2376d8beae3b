import { Callout } from './callout';

/** Above a list that could not be read anew: why, and another try. Nothing while it can. */
export function ListFailed({ error, again }: { error: Error | null; again: () => void }) {
  if (error === null) return null;
  return (
    <div className="mb-4">
      <Callout tone="critical" alert title="The list could not be read">
        {error.message}{' '}
        <button type="button" className="prose-link" onClick={again}>
          Try again
        </button>
      </Callout>
    </div>
  );
}
