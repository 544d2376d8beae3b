/** Where the window of a fresh login says how it went; every page of this origin hears it. */
export const LOGIN_CHANNEL = 'countersign-fresh-login';

export type LoginCame = { ok: true } | { ok: false; message: string };

export interface LoginWindow {
  /** Sends the window to the sign-in service and waits until it is back. */
  until(challengeId: string, url: string): Promise<LoginCame>;
  cancel(): void;
  close(): void;
}

const CANCELLED: LoginCame = { ok: false, message: 'Not confirmed: the login was cancelled.' };

/**
 * Opens the window of a fresh login, empty as yet; call it in the click's own turn, or the browser blocks it. The page
 * below stays as it is, with what was typed in it.
 */
export function openLogin(): LoginWindow {
  const popup = window.open('', '', 'popup,width=520,height=680');
  let finish: ((came: LoginCame) => void) | null = null;
  return {
    until(challengeId, url) {
      if (popup === null)
        return Promise.resolve({
          ok: false,
          message: 'The browser blocked the window for the login. Allow windows for this site and try again.',
        });
      return new Promise((resolve) => {
        const channel = new BroadcastChannel(LOGIN_CHANNEL);
        finish = (came) => {
          finish = null;
          channel.close();
          popup.close();
          resolve(came);
        };
        channel.onmessage = (event: MessageEvent<unknown>) => {
          const came = readCame(event.data, challengeId);
          if (came !== null) finish?.(came);
        };
        // What stands in it next must not reach back to this page.
        popup.opener = null;
        popup.location.replace(url);
      });
    },
    cancel() {
      popup?.close();
      finish?.(CANCELLED);
    },
    close() {
      popup?.close();
    },
  };
}

/** What the window said about this very login, or null when it was about another. */
function readCame(data: unknown, challengeId: string): LoginCame | null {
  if (typeof data !== 'object' || data === null) return null;
  if (!('challengeId' in data) || data.challengeId !== challengeId) return null;
  const fault = 'fault' in data && typeof data.fault === 'string' ? data.fault : '';
  return fault === '' ? { ok: true } : { ok: false, message: fault };
}
