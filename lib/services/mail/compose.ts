/** A message as it is stored in the outbox and sent. */
export interface Mail {
  subject: string;
  text: string;
  html: string;
}

/** Mail programs cut longer subjects; 200 characters is more than any shows. */
const SUBJECT_CHARS = 200;

/**
 * A short message with one link: what happened, where, and how to get there. Plain text and HTML say the same; whatever a
 * person typed is escaped, and a subject is one line.
 */
export function compose(what: { title: string; workspace: string; url: string }): Mail {
  const title = oneLine(what.title);
  const footer = `You get this from Countersign, workspace ${oneLine(what.workspace)}. Turn such mail off under Settings, You.`;
  return {
    subject: title.length > SUBJECT_CHARS ? `${title.slice(0, SUBJECT_CHARS - 1)}…` : title,
    text: `${title}\n\nOpen it: ${what.url}\n\n-- \n${footer}\n`,
    html: `<!doctype html><html lang="en"><body style="font:16px/26px system-ui,sans-serif;color:#1a1a1a;margin:24px;max-width:560px"><p>${escaped(
      title,
    )}</p><p><a href="${escaped(what.url)}">Open in Countersign</a></p><p style="font-size:13px;line-height:20px;color:#5c5c58">${escaped(
      footer,
    )}</p></body></html>`,
  };
}

/** Line breaks would end a header; other control characters and direction marks would disguise a text. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\s]+/gu, ' ').trim();
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
