'use client';

import { useRouter } from 'next/navigation';
import { type ReactNode, useState } from 'react';
import { ActionForm } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Input, Select, Textarea } from '@/components/ui/field';
import { toast } from '@/components/ui/toast';
import { FILE_ENDINGS, MOST_FILE_BYTES } from '@/lib/evidence/file-kinds';
import { formatBytes } from '@/lib/format';
import type { VersionDto } from '@/lib/services/gates/dto';
import { attach } from './actions';
import { sendFile } from './send-file';

const KINDS = [
  { id: 'file', label: 'File' },
  { id: 'link', label: 'Link' },
  { id: 'note', label: 'Note' },
] as const;
type Kind = (typeof KINDS)[number]['id'];

interface Props {
  agent: string;
  /** Newest first. */
  versions: readonly VersionDto[];
  current: number | null;
}

/** A file, a link or a note that signers should see. */
export function AttachDialog(props: Props) {
  const [kind, setKind] = useState<Kind>('file');
  return (
    <Dialog
      trigger="Attach"
      size="small"
      title="Attach"
      description="Signers see it at every gate. It stays: nothing that was attached can be taken back."
      onClose={() => setKind('file')}
    >
      {(close) => (
        <div className="grid gap-4">
          <fieldset className="flex flex-wrap gap-4">
            <legend className="sr-only">What to attach</legend>
            {KINDS.map(({ id, label }) => (
              <label key={id} className="flex items-center gap-1.5">
                <input
                  type="radio"
                  name="what-to-attach"
                  checked={kind === id}
                  onChange={() => setKind(id)}
                  className="size-4 accent-(--accent)"
                />
                {label}
              </label>
            ))}
          </fieldset>
          {kind === 'file' ? (
            <FileForm {...props} close={close} />
          ) : (
            <TextForm key={kind} {...props} what={kind} close={close} />
          )}
        </div>
      )}
    </Dialog>
  );
}

function FileForm({ close, ...props }: Props & { close: () => void }) {
  const router = useRouter();
  const [sending, setSending] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  async function send(form: FormData) {
    const file = form.get('file');
    if (!(file instanceof File) || file.name === '') return setRefused('Choose a file first.');
    // The server refuses it too; this saves the way.
    if (file.size > MOST_FILE_BYTES)
      return setRefused(
        `${file.name} has ${formatBytes(file.size)}; a file may have ${formatBytes(MOST_FILE_BYTES)}. Attach a link instead.`,
      );
    setRefused(null);
    setSending(true);
    try {
      const query = new URLSearchParams({ agent: props.agent, title: String(form.get('title') ?? '') });
      const version = String(form.get('version') ?? '');
      if (version !== '') query.set('version', version);
      const { name } = await sendFile<{ name: string }>(`/api/evidence/files?${query}`, file);
      close();
      toast(`${name} attached.`);
      router.refresh();
    } catch (error) {
      setRefused(error instanceof Error ? error.message : String(error));
    } finally {
      setSending(false);
    }
  }
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void send(new FormData(event.currentTarget));
      }}
    >
      <Input
        name="file"
        label="File"
        type="file"
        required
        accept={FILE_ENDINGS.map((ending) => `.${ending}`).join(',')}
        hint={`PDF, images, text, CSV, JSON, Markdown, Word, Excel or PowerPoint; up to ${formatBytes(MOST_FILE_BYTES)}.`}
      />
      <Input
        name="title"
        label="Title"
        maxLength={200}
        autoComplete="off"
        hint="Left empty, the name of the file."
      />
      <SpeaksOf {...props} />
      {refused === null ? null : (
        <Callout tone="critical" alert title="Not attached">
          {refused}
        </Callout>
      )}
      <div className="flex justify-end gap-2">
        <Button onClick={close}>Cancel</Button>
        <Button type="submit" variant="primary" pending={sending}>
          Attach
        </Button>
      </div>
    </form>
  );
}

function TextForm({ what, close, ...props }: Props & { what: 'link' | 'note'; close: () => void }) {
  const fields: Readonly<Record<'link' | 'note', ReactNode>> = {
    link: (
      <>
        <Input
          name="url"
          label="Address"
          type="url"
          required
          maxLength={2000}
          placeholder="https://"
          hint="Must begin with https://. Only the address is kept, not what stands there."
        />
        <Textarea name="note" label="What it shows" maxLength={10_000} />
      </>
    ),
    note: <Textarea name="note" label="Note" required maxLength={10_000} rows={5} />,
  };
  return (
    <ActionForm
      action={attach}
      onDone={(state) => {
        close();
        toast(state.message);
      }}
    >
      <input type="hidden" name="agent" value={props.agent} />
      <input type="hidden" name="what" value={what} />
      {fields[what]}
      <Input name="title" label="Title" maxLength={200} autoComplete="off" />
      <SpeaksOf {...props} />
      <DialogActions onCancel={close} confirm="Attach" />
    </ActionForm>
  );
}

/** Whether it is about one version or about the agent. */
function SpeaksOf({ versions, current }: Props) {
  if (versions.length === 0) return null;
  return (
    <Select name="version" label="Speaks of" defaultValue={current ?? ''}>
      <option value="">the agent, whatever its version</option>
      {versions.map((version) => (
        <option key={version.id} value={version.number}>
          v{version.label}
        </option>
      ))}
    </Select>
  );
}
