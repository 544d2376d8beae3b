import { otelSettings } from '@/components/runs/send-first-run';
import { ButtonLink } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy-button';
import { Sheet } from '@/components/ui/sheet';
import type { Overview } from '@/lib/services/overview/get-overview';

/** The way from an empty workspace to the first run on screen. */
export function FirstSteps({ steps, runtimeUrl }: { steps: Overview['firstSteps']; runtimeUrl: string }) {
  const settings = otelSettings(runtimeUrl);
  const list = [
    {
      done: steps.contract,
      title: 'Import a contract',
      text: 'A YAML or JSON file that says what your agent may do. Without one it runs under the workspace defaults.',
      action: (
        <ButtonLink href="/contracts/import" variant={steps.contract ? 'default' : 'primary'}>
          Import a contract
        </ButtonLink>
      ),
    },
    {
      done: steps.key,
      title: 'Create an API key',
      text: 'Your agent shows it to send its runs, and to ask before it acts.',
      action: (
        <ButtonLink href="/settings/keys" variant={steps.contract && !steps.key ? 'primary' : 'default'}>
          Create a key
        </ButtonLink>
      ),
    },
    {
      done: steps.run,
      title: 'Send a run',
      text: 'Give your agent’s process these settings: any OpenTelemetry client reads them. The run shows here at once.',
      action: <CopyButton value={settings} what="the settings" labelled />,
    },
  ];
  return (
    <Sheet
      title="Three steps to the first run"
      label={`${list.filter((step) => step.done).length} of 3 done`}
    >
      <ol>
        {list.map((step, index) => (
          <li
            key={step.title}
            className="flex flex-wrap items-start gap-x-4 gap-y-3 border-b border-line px-3.5 py-4 last:border-b-0"
          >
            <span
              className={`grid size-6 flex-none place-items-center rounded-full border text-sm ${step.done ? 'border-low text-low' : 'border-line-strong text-ink-2'}`}
              aria-hidden="true"
            >
              {step.done ? '✓' : index + 1}
            </span>
            <div className="min-w-0 flex-1 basis-72">
              <h3 className="font-semibold">
                {step.title}
                {step.done ? <span className="font-normal text-low"> done</span> : null}
              </h3>
              <p className="max-w-[68ch] text-ink-2">{step.text}</p>
              {index === 2 ? (
                <pre className="code mt-2 overflow-x-auto rounded-md bg-sunk p-3">{settings}</pre>
              ) : null}
            </div>
            {step.action}
          </li>
        ))}
      </ol>
    </Sheet>
  );
}
