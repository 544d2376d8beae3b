import { ButtonLink } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy-button';
import { Sheet } from '@/components/ui/sheet';
import type { SourceFormat } from '@/lib/contract/parse';
import { plural } from '@/lib/format';

/** The text as it was imported, with line numbers, to copy or download. */
export function SourceView({
  source,
  format,
  downloadHref,
}: {
  source: string;
  format: SourceFormat;
  downloadHref: string;
}) {
  const lines = source.replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n');
  return (
    <Sheet
      title={format === 'yaml' ? 'YAML as imported' : 'JSON as imported'}
      label={plural(lines.length, 'line')}
      actions={
        <>
          <CopyButton value={source} what="the text" labelled />
          <ButtonLink href={downloadHref} size="small" prefetch={false} download>
            Download
          </ButtonLink>
        </>
      }
    >
      <section
        aria-label="Text of the contract"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        className="flex max-h-[calc(100dvh-160px)] overflow-auto py-2 focus-visible:-outline-offset-2"
      >
        <pre
          aria-hidden="true"
          className="code sticky left-0 bg-sheet pr-3 pl-3.5 text-right leading-[18px] text-ink-3 select-none"
        >
          {lines.map((_, index) => index + 1).join('\n')}
        </pre>
        <pre className="code pr-4 leading-[18px]">{lines.join('\n')}</pre>
      </section>
    </Sheet>
  );
}
