/* What is proposed, looked over, and taken. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { get, Problem, send } from '../../api';
import { t } from '../../i18n';
import { ProblemNote } from '../../problem';
import type { Wanted } from './types';

interface Proposed { id: string; errors: { file: string; line: number; text: string }[] }

export function Taking({ why, what, done }: { why: string; what: Wanted; done: () => void }): JSX.Element {
	const [p, set] = useState<Proposed | null>(null);
	const [problem, fail] = useState<Problem | null>(null);
	const on = (e: unknown) => { if (e instanceof Problem) fail(e); else throw e; };
	useEffect(() => {
		get<{ version: number }>('/config').then(({ version }) => send<Proposed>('POST', '/config/proposals', { why, base: version, ...what })).then(set, on);
	}, []);
	return <>
		<ProblemNote problem={problem} acting />
		{p?.errors.map((e) => <p class="warned">{e.file}:{e.line} {e.text}</p>)}
		<p class="buttons"><button type="button" class="button primary" disabled={!p} onClick={() => send('POST', `/config/proposals/${p!.id}/take`).then(done, on)}>OK</button>
			<button type="button" class="button" onClick={done}>{t('v.cancel')}</button></p>
	</>;
}
