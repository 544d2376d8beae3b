import type { Page } from '@playwright/test';

/** A device that makes and answers passkeys with the finger always on it, as Chromium's own. */
export async function givePasskeyDevice(page: Page): Promise<{ remove: () => Promise<void> }> {
  const device = await page.context().newCDPSession(page);
  await device.send('WebAuthn.enable');
  const { authenticatorId } = await device.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    remove: async () => {
      await device.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId });
    },
  };
}
