'use client';

import Link from 'next/link';
import { useState } from 'react';
import { z } from 'zod';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Input, Select } from '@/components/ui/field';
import { FileButton } from '@/components/ui/file-button';
import { Sheet, SheetBody, SheetFoot, Stack } from '@/components/ui/sheet';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { formatBytes, formatCount, plural } from '@/lib/format';
import { SIGNAL_FAMILIES } from '@/lib/scoring/criteria';
import { type MappedField, type SignalMapping, SOURCE_NAMES } from '@/lib/scoring/signal-mapping';
import type { ImportPreview, ImportProgress } from '@/lib/services/signals/import-signals';
import { FAMILY_NAMES } from './words';

/** What the server looks at before anything is imported. */
const BEGINNING_BYTES = 256 * 1024;
const errorSchema = z.object({ error: z.object({ message: z.string() }) });

/** Choose a CSV file, see how it would be read, change that, import it. */
export function ImportFile({ agents }: { agents: readonly { name: string; displayName: string }[] }) {
  const [file, setFile] = useState<File | null>(null);
  const [preview, setPreview] = useState<ImportPreview | null>(null);
  const [mapping, setMapping] = useState<SignalMapping | null>(null);
  const [progress, setProgress] = useState<ImportProgress | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  async function look(chosen: File, wanted: SignalMapping | null) {
    setError(null);
    const query = wanted === null ? '' : `?mapping=${encodeURIComponent(JSON.stringify(wanted))}`;
    const response = await fetch(`/api/signals/preview${query}`, {
      method: 'POST',
      body: chosen.slice(0, BEGINNING_BYTES),
      headers: { 'content-type': 'application/octet-stream' },
    }).catch(() => null);
    if (response?.ok) {
      const read: ImportPreview = await response.json();
      setPreview(read);
      setMapping(read.mapping);
    } else setError(await told(response));
  }

  function choose(chosen: File) {
    setFile(chosen);
    setPreview(null);
    setMapping(null);
    setProgress(null);
    void look(chosen, null);
  }

  function change(next: SignalMapping) {
    setMapping(next);
    if (file !== null) void look(file, next);
  }

  async function send() {
    if (file === null || preview === null || mapping === null) return;
    setBusy(true);
    setError(null);
    setProgress(null);
    const options = JSON.stringify({ mapping, delimiter: preview.delimiter, kind: preview.kind });
    try {
      const response = await fetch(`/api/signals/import?options=${encodeURIComponent(options)}`, {
        method: 'POST',
        body: file,
        headers: { 'content-type': 'application/octet-stream', 'x-file-name': encodeURIComponent(file.name) },
      });
      if (!response.ok || response.body === null) throw new Error(await told(response));
      await readLines(response.body, (line) => {
        const step: ImportProgress = JSON.parse(line);
        setProgress(step);
      });
    } catch (failure) {
      setError(failure instanceof Error ? failure.message : 'The file did not reach the server.');
    }
    setBusy(false);
  }

  return (
    <Stack>
      <Sheet
        title="The file"
        actions={<FileButton accept=".csv,text/csv,text/plain,.tsv" label="CSV file" onFile={choose} />}
      >
        <SheetBody>
          {file === null ? (
            <p className="text-ink-2">
              A CSV file in UTF-8, with a header: as ServiceNow or Zendesk export it, or with columns such as{' '}
              <span className="code">metric</span>, <span className="code">value</span>,{' '}
              <span className="code">run</span>, <span className="code">at</span>. Commas, semicolons or tabs;
              up to 512 MiB.
            </p>
          ) : (
            <p>
              <span className="font-medium break-words">{file.name}</span>{' '}
              <span className="text-ink-2">
                {formatBytes(file.size)}
                {preview === null ? '' : `, ${plural(preview.columns.length, 'column')}`}
                {preview === null || preview.kind === 'csv'
                  ? ''
                  : `, recognised as an export of ${SOURCE_NAMES[preview.kind]}`}
              </span>
            </p>
          )}
        </SheetBody>
      </Sheet>
      {error === null ? null : (
        <Callout tone="critical" title="The file cannot be used" alert>
          {error}
        </Callout>
      )}
      {preview === null ? null : (
        <>
          <Mapping columns={preview.columns} mapping={mapping} agents={agents} onChange={change} />
          <First preview={preview} />
          <div className="flex flex-wrap items-center gap-3">
            <Button
              variant="primary"
              disabled={mapping === null || busy || noneFits(preview)}
              onClick={() => void send()}
            >
              {busy ? 'Importing…' : 'Import'}
            </Button>
            <p role="status" className="text-sm text-ink-2">
              {noneFits(preview)
                ? 'Every row shown would be refused: say above what is what, or mend the file.'
                : progress === null
                  ? 'Nothing is kept before you import.'
                  : busy
                    ? `${plural(progress.rows, 'row')} read so far`
                    : ''}
            </p>
          </div>
          {progress?.done ? <Result progress={progress} /> : null}
        </>
      )}
    </Stack>
  );
}

/** Whether every row that is shown would be refused: then the others hardly fare better. */
const noneFits = ({ rows }: ImportPreview) => rows.length > 0 && rows.every(({ refused }) => refused);

/** What is the same for all rows, or the column that says it for each. */
type Given = { is: string } | { from: string };

/** The value of the option that stands for it. */
function choiceOf(given: Given): string {
  return 'is' in given ? `is:${given.is}` : `from:${given.from}`;
}

function givenBy(choice: string): Given {
  return choice.startsWith('is:') ? { is: choice.slice(3) } : { from: choice.slice(5) };
}

/** Which column is what. */
function Mapping({
  columns,
  mapping,
  agents,
  onChange,
}: {
  columns: readonly string[];
  mapping: SignalMapping | null;
  agents: readonly { name: string; displayName: string }[];
  onChange: (mapping: SignalMapping) => void;
}) {
  const [first = ''] = columns;
  const used: SignalMapping = mapping ?? {
    metric: { is: first },
    family: { is: 'feedback' },
    value: { from: first },
  };
  const set = (part: keyof SignalMapping, value: MappedField | undefined) => {
    const { [part]: _, ...rest } = used;
    const next = value === undefined ? rest : { ...rest, [part]: value };
    onChange({ ...used, ...next, ...(value === undefined ? { [part]: undefined } : {}) });
  };
  const choice = (part: 'run' | 'at' | 'id' | 'note' | 'samples', label: string) => (
    <Select
      name={part}
      label={label}
      value={used[part]?.from ?? ''}
      onChange={({ target }) => set(part, target.value === '' ? undefined : { from: target.value })}
    >
      <option value="">not in the file</option>
      {columns.map((column) => (
        <option key={column}>{column}</option>
      ))}
    </Select>
  );
  const metricColumn = 'from' in used.metric ? used.metric.from : '';
  return (
    <Sheet
      title="What is what"
      label={mapping === null ? 'the columns do not say enough: choose' : undefined}
    >
      <SheetBody className="grid items-start gap-3 sm:grid-cols-2 lg:grid-cols-3">
        <Select
          name="value"
          label="Value"
          value={used.value.from}
          onChange={({ target }) => set('value', { from: target.value })}
        >
          {columns.map((column) => (
            <option key={column}>{column}</option>
          ))}
        </Select>
        <Select
          name="metric"
          label="Metric"
          value={metricColumn}
          onChange={({ target }) =>
            set('metric', target.value === '' ? { is: used.value.from } : { from: target.value })
          }
        >
          <option value="">the same for all</option>
          {columns.map((column) => (
            <option key={column}>{column}</option>
          ))}
        </Select>
        {'is' in used.metric ? (
          <Input
            name="metric-name"
            label="Name of the metric"
            hint="A criterion’s id or metric."
            required
            defaultValue={used.metric.is}
            key={`metric ${metricColumn}`}
            onBlur={({ target }) =>
              set('metric', { is: target.value.trim() === '' ? used.value.from : target.value.trim() })
            }
          />
        ) : null}
        <Select
          name="family"
          label="Family"
          value={choiceOf(used.family)}
          onChange={({ target }) => set('family', givenBy(target.value))}
        >
          {SIGNAL_FAMILIES.map((family) => (
            <option key={family} value={`is:${family}`}>
              {FAMILY_NAMES[family]}
            </option>
          ))}
          {columns.map((column) => (
            <option key={column} value={`from:${column}`}>
              as column {column} says
            </option>
          ))}
        </Select>
        <Select
          name="agent"
          label="Agent"
          value={used.agent === undefined ? '' : choiceOf(used.agent)}
          onChange={({ target }) => set('agent', target.value === '' ? undefined : givenBy(target.value))}
        >
          <option value="">as the run tells</option>
          {agents.map((agent) => (
            <option key={agent.name} value={`is:${agent.name}`}>
              {agent.displayName}
            </option>
          ))}
          {columns.map((column) => (
            <option key={column} value={`from:${column}`}>
              as column {column} says
            </option>
          ))}
        </Select>
        {choice('run', 'Run')}
        {choice('at', 'When it happened')}
        {choice('id', 'Id')}
        {choice('note', 'Note')}
      </SheetBody>
      <SheetFoot>
        A row with an id that was imported before is a duplicate, or with another value a correction; the
        earlier one is kept.
      </SheetFoot>
    </Sheet>
  );
}

function First({ preview }: { preview: ImportPreview }) {
  return (
    <Sheet title={`The first ${plural(preview.rows.length, 'row')}, as they would be read`}>
      <Table label="Table of the first rows">
        <thead>
          <tr>
            <Th numeric>Line</Th>
            <Th>Read as</Th>
            {preview.columns.map((column, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two columns may have one name
              <Th key={index}>{column}</Th>
            ))}
          </tr>
        </thead>
        <tbody>
          {preview.rows.map(({ line, cells, reads }) => (
            <Tr key={line}>
              <Td numeric className="text-ink-2">
                {line}
              </Td>
              <Td wrap>{reads}</Td>
              {preview.columns.map((_, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its place
                <Td key={index} className="max-w-48 truncate text-ink-2" title={cells[index]}>
                  {cells[index]}
                </Td>
              ))}
            </Tr>
          ))}
        </tbody>
      </Table>
    </Sheet>
  );
}

function Result({ progress }: { progress: ImportProgress }) {
  const { rows, recorded, corrected, duplicates, skipped, refused, waiting, unbound, problems, error } =
    progress;
  const parts = [
    [recorded, 'recorded'],
    [corrected, 'corrected'],
    [duplicates, 'there already'],
    [skipped, 'without a rating'],
    [refused, 'refused'],
  ] as const;
  return (
    <div className="grid gap-3">
      <Callout
        tone={error === null ? (refused === 0 ? 'low' : 'medium') : 'critical'}
        title={error === null ? `${plural(rows, 'row')} read` : 'The import broke off'}
        alert
      >
        <p>
          {parts
            .flatMap(([count, what]) => (count === 0 ? [] : [`${formatCount(count)} ${what}`]))
            .join(', ')}
          .
        </p>
        {error === null ? null : <p>{error}</p>}
        {waiting === 0 ? null : (
          <p>
            {plural(waiting, 'signal')} for runs or agents that have not been heard of: kept until they are.
          </p>
        )}
        {unbound === 0 ? null : (
          <p>{plural(unbound, 'signal')} that no criterion reads: kept, and counted for nothing yet.</p>
        )}
        <p>
          <Link href="/signals" className="prose-link">
            See the signals
          </Link>
        </p>
      </Callout>
      {problems.length === 0 ? null : (
        <Sheet
          title="Rows that were refused"
          label={
            refused > problems.length ? `the first ${problems.length} of ${formatCount(refused)}` : undefined
          }
        >
          <Table label="Table of refused rows">
            <thead>
              <tr>
                <Th numeric>Line</Th>
                <Th>Why</Th>
              </tr>
            </thead>
            <tbody>
              {[...problems]
                .sort((a, b) => a.line - b.line)
                .map(({ line, reason }) => (
                  <Tr key={line}>
                    <Td numeric>{line}</Td>
                    <Td wrap>{reason}</Td>
                  </Tr>
                ))}
            </tbody>
          </Table>
        </Sheet>
      )}
    </div>
  );
}

async function told(response: Response | null): Promise<string> {
  if (response === null)
    return 'The file did not reach the server: the connection broke, or the file was changed meanwhile.';
  const read = errorSchema.safeParse(await response.json().catch(() => null));
  return read.success ? read.data.error.message : `The server answered ${response.status}.`;
}

async function readLines(body: ReadableStream<Uint8Array>, take: (line: string) => void): Promise<void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const lines = (rest + decoder.decode(value, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') take(line);
  }
}
