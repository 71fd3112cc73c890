/* Security keys, as the browser speaks with them (Web Authentication). Browsers do so at a name that is
 * trusted only: never at an address of numbers. */

export interface KeyAsked { challenge: string; ids: string[] }
export interface KeySaid { id: string; client: string; auth: string; signature?: string }

export const hasKeys = 'credentials' in navigator && typeof PublicKeyCredential === 'function' && !/^[\d.]+$|:/.test(location.hostname);

const bytes = (s: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(s.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
const text = (b: ArrayBuffer): string => btoa(String.fromCharCode(...new Uint8Array(b))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
const keys = (ids: string[]): PublicKeyCredentialDescriptor[] => ids.map((id) => ({ type: 'public-key', id: bytes(id) }));

/* A new one; null: the person let it be, or it is known already. */
export async function makeKey(asked: KeyAsked, person: { id: string; name: string }): Promise<KeySaid | null> {
	const made = await navigator.credentials.create({ publicKey: {
		challenge: bytes(asked.challenge), rp: { name: 'Ward' },
		user: { id: new TextEncoder().encode(person.id), name: person.id, displayName: person.name },
		pubKeyCredParams: [{ type: 'public-key', alg: -7 }], excludeCredentials: keys(asked.ids),
		authenticatorSelection: { userVerification: 'discouraged', residentKey: 'discouraged' },
	} }).catch(() => null) as PublicKeyCredential | null;
	if (!made) return null;
	const r = made.response as AuthenticatorAttestationResponse;
	return { id: text(made.rawId), client: text(r.clientDataJSON), auth: text(r.getAuthenticatorData()) };
}

/* One of these answers; null: none did. */
export async function askKey(asked: KeyAsked): Promise<KeySaid | null> {
	const said = await navigator.credentials.get({ publicKey: {
		challenge: bytes(asked.challenge), allowCredentials: keys(asked.ids), userVerification: 'discouraged',
	} }).catch(() => null) as PublicKeyCredential | null;
	if (!said) return null;
	const r = said.response as AuthenticatorAssertionResponse;
	return { id: text(said.rawId), client: text(r.clientDataJSON), auth: text(r.authenticatorData), signature: text(r.signature) };
}
