'use client';

import { useState } from 'react';
import { ActionForm } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Input, Textarea } from '@/components/ui/field';
import { FileButton } from '@/components/ui/file-button';
import { Snippet } from '@/components/ui/reveal';
import { toast } from '@/components/ui/toast';
import { importFile, importServer } from './actions';

const MAX_FILE = 3_000_000;

/** The ways tools come in: from a server over HTTP, from a file, or from a program on one's own machine. */
export function ImportTools({ dashboardUrl }: { dashboardUrl: string }) {
  return (
    <>
      <FromProgram dashboardUrl={dashboardUrl} />
      <FromFile />
      <FromServer />
    </>
  );
}

function FromServer() {
  return (
    <Dialog
      trigger="Import from an MCP server"
      variant="primary"
      title="Import from an MCP server"
      description="Countersign asks it for its tools, over streamable HTTP. It calls none of them."
    >
      {(close) => (
        <ActionForm
          action={importServer}
          onDone={(state) => {
            close();
            toast(state.message);
          }}
        >
          <Input
            name="url"
            label="Address"
            type="url"
            hint="Such as https://tools.example.com/mcp. Redirects are not followed."
            required
            maxLength={2000}
            autoComplete="off"
          />
          <Input
            name="server"
            label="Name"
            hint="What contracts call it. Left empty, what it calls itself."
            maxLength={200}
            autoComplete="off"
          />
          <div className="grid items-start gap-4 sm:grid-cols-2">
            <Input
              name="header"
              label="Header"
              hint="If it asks who is calling."
              placeholder="Authorization"
              maxLength={200}
              autoComplete="off"
            />
            <Input
              name="value"
              label="Value"
              hint="Sent this once and not kept."
              type="password"
              placeholder="Bearer …"
              maxLength={8000}
              autoComplete="off"
            />
          </div>
          <DialogActions onCancel={close} confirm="Import tools" />
        </ActionForm>
      )}
    </Dialog>
  );
}

function FromFile() {
  const [text, setText] = useState('');
  const [refused, setRefused] = useState<string>();

  async function read(file: File) {
    setRefused(undefined);
    if (file.size > MAX_FILE) return setRefused(`${file.name} is larger than 3 MB.`);
    try {
      setText(new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer()));
    } catch {
      setRefused(`${file.name} is not a text file in UTF-8.`);
    }
  }

  return (
    <Dialog
      trigger="Import OpenAPI"
      title="Import from an OpenAPI file"
      description="Each operation becomes a tool, named by its operationId."
      onClose={() => {
        setText('');
        setRefused(undefined);
      }}
    >
      {(close) => (
        <ActionForm
          action={importFile}
          onDone={(state) => {
            close();
            setText('');
            toast(state.message);
          }}
        >
          <Input
            name="server"
            label="Name"
            hint="What contracts call the API. Left empty, its title."
            maxLength={200}
            autoComplete="off"
          />
          <Textarea
            name="file"
            label="OpenAPI, as JSON or YAML"
            required
            rows={8}
            spellCheck={false}
            className="code"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            {...(refused === undefined ? {} : { error: refused })}
          />
          <div>
            <FileButton
              accept=".json,.yaml,.yml,application/json,application/yaml,text/plain"
              label="OpenAPI file"
              onFile={read}
            />
          </div>
          <DialogActions onCancel={close} confirm="Import tools" />
        </ActionForm>
      )}
    </Dialog>
  );
}

function FromProgram({ dashboardUrl }: { dashboardUrl: string }) {
  return (
    <Dialog
      trigger="By command line"
      title="Import from a server that is a program"
      description="An MCP server over stdio is a program that has to be started. Whoever could have this server start programs would own it, so your own machine does, with the command line:"
    >
      {(close) => (
        <div className="grid gap-4">
          <Snippet
            title="On your machine, in a checkout of Countersign"
            text={[
              `export COUNTERSIGN_URL=${dashboardUrl}`,
              'export COUNTERSIGN_KEY=…  # an API key of scope author',
              'npx countersign tools import --server files \\',
              '  --stdio "npx -y @modelcontextprotocol/server-filesystem /tmp"',
            ].join('\n')}
          />
          <p className="text-sm text-ink-2">
            Elsewhere, run the package that <span className="code">npm pack</span> makes of it
            (docs/contract-as-code.md). It starts the program, asks it for its tools, ends it, and sends the
            list here. The same works for servers in a network that Countersign cannot reach:{' '}
            <span className="code">--http</span> and their address.
          </p>
          <div className="flex justify-end">
            <Button variant="primary" onClick={close}>
              Done
            </Button>
          </div>
        </div>
      )}
    </Dialog>
  );
}
