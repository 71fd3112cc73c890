/* What a step wants is proposed; it is shown as what it changes, and taken there. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Problem } from '../../api';
import { accepting, dropProposal, Proposal, propose, type Change, type Proposed } from '../../config';
import { t } from '../../i18n';
import { ProblemNote } from '../../problem';

export function Taking({ why, what, done }: { why: string; what: Change; done: (taken: boolean) => void }): JSX.Element {
	const [proposed, set] = useState<Proposed | null>(null);
	const [asked, ask] = useState(what);
	const [problem, fail] = useState<Problem | null>(null);
	useEffect(() => {
		let here = true;
		set(null);
		propose(why, asked).then((p) => { if (here) set(p); else void dropProposal(p); }, (e: unknown) => { if (here) fail(e as Problem); });
		return () => { here = false; };
	}, [asked]);
	if (problem) return <><ProblemNote problem={problem} acting /><p><button type="button" class="button" onClick={() => done(false)}>{t('v.cancel')}</button></p></>;
	if (!proposed) return <p class="quiet" aria-busy="true">{t('app.loading')}</p>;
	return <Proposal key={proposed.id} proposed={proposed} done={done} again={(accept) => { void dropProposal(proposed); ask(accepting(what, accept)); }} />;
}
