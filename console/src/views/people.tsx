/* Who has an account; codes to claim one; accounts that are shut. */
import { Fragment, type JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Problem, send } from '../api';
import { moment } from '../format';
import { t } from '../i18n';
import { ProblemNote } from '../problem';
import { may, minute, session, useLive } from '../state';
import type { Named, Person } from '../types';
import { Devices } from './devices';

interface Code { person: Person; code: string; expires: string }

/* The code, and where it is entered: below its button, so that no other comes under a hand that presses twice. */
function Told({ of }: { of: Code }): JSX.Element {
	return (
		<div class="told">
			<p>{t('people.code_says', { name: of.person.name, at: moment(of.expires, minute.value) })}</p>
			<p><code class="one-time">{of.code}</code></p>
			<p>{t('people.code_hand', { address: `${location.origin}/sign-in` })}</p>
		</div>
	);
}

export function PeopleView(): JSX.Element {
	const people = useLive<{ items: Person[] }>('/people', () => false);
	const model = useLive<{ roles: Named[]; places: Named[] }>(may('see.plans') ? '/model' : null, () => false);
	const roleName = (id: string) => model.data?.roles.find((r) => r.id === id)?.name ?? id;
	const [code, setCode] = useState<Code | null>(null);
	const [problem, setProblem] = useState<Problem | null>(null);

	const act = async (p: Person, what: 'code' | 'disable' | 'enable') => {
		setProblem(null);
		try {
			const made = await send<{ code: string; expires: string } | undefined>('POST', `/people/${encodeURIComponent(p.id)}/${what}`);
			setCode(made ? { person: p, ...made } : null);
			people.reload();
		} catch (e) {
			if (!(e instanceof Problem)) throw e;
			setProblem(e);
		}
	};

	return (
		<div class="page">
			<h1>{t('people.title')}</h1>
			<ProblemNote problem={problem ?? people.problem} acting={!!problem} />
			<p class="unseen" role="status">{code && `${t('people.code_says', { name: code.person.name, at: moment(code.expires, minute.value) })} ${code.code}`}</p>
			{!people.data && !people.problem && <p class="quiet" aria-busy="true">{t('app.loading')}</p>}
			<table class="table" hidden={!people.data}>
				<thead><tr><th scope="col">{t('sign.person')}</th><th scope="col">{t('people.roles')}</th><th scope="col">{t('people.account')}</th><td /></tr></thead>
				<tbody>
					{people.data?.items.map((p) => (
						<Fragment key={p.id}>
						<tr>
							<th scope="row">{p.name}<small>{p.id}</small></th>
							<td>{p.roles.map(roleName).join(', ')}</td>
							<td>{t(`people.${p.account ?? 'none'}`)}</td>
							<td><div class="acts">
								<button type="button" class="button" onClick={() => void act(p, 'code')}>{t('people.code')}<span class="unseen">: {p.name}</span></button>
								{p.account && p.account !== 'none' && p.id !== session.value?.person.id &&
									<button type="button" class="button" onClick={() => void act(p, p.account === 'active' ? 'disable' : 'enable')}>
										{t(p.account === 'active' ? 'people.disable' : 'people.enable')}<span class="unseen">: {p.name}</span></button>}
							</div></td>
						</tr>
						{code?.person.id === p.id && <tr><td colSpan={4}><Told of={code} /></td></tr>}
						</Fragment>
					))}
				</tbody>
			</table>
			<Devices places={model.data?.places ?? []} />
		</div>
	);
}
