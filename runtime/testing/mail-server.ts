import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';

export interface MailServer {
  /** An address for COUNTERSIGN_SMTP_URL. */
  url: string;
  /** What arrived, as a mail program would read it. */
  received: { to: string[]; mail: Email }[];
  /** Answers recipients with this code from now on; null takes them again. */
  refuse: number | null;
  close(): Promise<void>;
}

/** A real SMTP server on a port of its own that keeps what it is sent. */
export async function startMailServer(): Promise<MailServer> {
  const received: MailServer['received'] = [];
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo(_address, _session, done) {
      if (server.refuse === null) return done();
      done(Object.assign(new Error('No such mailbox here'), { responseCode: server.refuse }));
    },
    onData(stream, session, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        PostalMime.parse(Buffer.concat(parts)).then((mail) => {
          received.push({ to: session.envelope.rcptTo.map(({ address }) => address), mail });
          done();
        }, done);
      });
    },
  });
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
  const at = smtp.server.address();
  if (at === null || typeof at === 'string') throw new Error('The mail server has no port.');
  const server: MailServer = {
    url: `smtp://127.0.0.1:${at.port}`,
    received,
    refuse: null,
    close: () => new Promise((resolve) => smtp.close(resolve)),
  };
  return server;
}
