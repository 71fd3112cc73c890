/* One's own account: the authenticator, the password, the PIN for shared posts, where one is signed in. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { get, Problem, send } from '../api';
import { moment } from '../format';
import { t } from '../i18n';
import { ProblemNote } from '../problem';
import { hasKeys, makeKey, type KeyAsked } from '../security-key';
import { enter, minute, session } from '../state';
import type { Session } from '../types';
import { Section } from './parts';
import { Field, Form } from './sign-in';
import './account.css';
import './views.css';

interface Mine {
	second_factor: boolean; pin: boolean; keys: { id: string; name: string; made: string }[];
	items: { id: string; begun: string; used: string; here: boolean; device: string | null }[];
}
interface Second { secret: string; uri: string; qr?: { size: number; path: string } }
interface Part { mine: Mine; reload: () => Promise<void> }

/* What a form does: `done` is said when it worked. */
function useAct(done: string): { act: (f: () => Promise<void>) => Promise<void>; note: ComponentChildren } {
	const [problem, setProblem] = useState<Problem | null>(null);
	const [ok, setOk] = useState(false);
	const act = async (f: () => Promise<void>) => {
		setProblem(null);
		setOk(false);
		try {
			await f();
			setOk(true);
		} catch (e) {
			if (!(e instanceof Problem)) throw e;
			setProblem(e);
		}
	};
	return { act, note: <><ProblemNote problem={problem} acting /><div role="status">{ok && done && <p class="told">{done}</p>}</div></> };
}

/* In groups of four: as people read it into a telephone. */
const groups = (secret: string): string => secret.replace(/(.{4})(?=.)/g, '$1 ');

/* Black on white in both themes: that is what cameras read. */
function Code({ qr }: { qr: { size: number; path: string } }): JSX.Element {
	return (
		<svg class="qr" viewBox={`-4 -4 ${qr.size + 8} ${qr.size + 8}`} role="img" aria-label={t('acc.qr')} shape-rendering="crispEdges">
			<rect x="-4" y="-4" width={qr.size + 8} height={qr.size + 8} fill="#fff" />
			<path d={qr.path} fill="#000" />
		</svg>
	);
}

function Authenticator({ mine, reload }: Part): JSX.Element {
	const [begun, setBegun] = useState<Second | null>(null);
	const [code, setCode] = useState('');
	const { act, note } = useAct('');
	const begin = () => act(async () => setBegun(await send<Second>('POST', '/session/second')));
	const confirm = () => act(async () => {
		await send('POST', '/session/second/confirm', { totp: code.replace(/\s/g, '') });
		setBegun(null);
		setCode('');
		await reload();
	});
	const remove = () => act(async () => {
		await send('DELETE', '/session/second', { totp: code.replace(/\s/g, '') });
		setCode('');
		await reload();
	});
	const field = <Field id="second" label={t('acc.code')} value={code} set={setCode} autocomplete="one-time-code" numeric focus={!!begun} />;
	return (
		<Section title={t('acc.second')}>
			<p>{t(mine.second_factor ? 'acc.second_on' : 'acc.second_off')}</p>
			{note}
			{begun ? (
				<>
					<p>{t('acc.scan')}</p>
					{begun.qr && <Code qr={begun.qr} />}
					<p>{t('acc.type')} <code class="secret">{groups(begun.secret)}</code></p>
					<Form what={t('acc.confirm')} act={confirm}>{field}</Form>
				</>
			) : mine.second_factor ? <Form what={t('acc.remove')} act={remove}>{field}</Form>
				: <p><button type="button" class="button primary" onClick={() => void begin()}>{t('acc.set_up')}</button></p>}
		</Section>
	);
}

function Keys({ mine, reload }: Part): JSX.Element {
	const [name, setName] = useState('');
	const [none, setNone] = useState(false);
	const { act, note } = useAct('');
	const add = () => act(async () => {
		setNone(false);
		const key = await makeKey(await send<KeyAsked>('POST', '/session/key'), session.value!.person);
		if (!key) return setNone(true);
		await send('POST', '/session/key/confirm', { name: name.trim(), key });
		setName('');
		await reload();
	});
	const end = (id: string) => act(async () => {
		await send('POST', '/session/key/end', { id });
		await reload();
	});
	return (
		<Section title={t('key.title')}>
			<p>{t(hasKeys ? 'key.says' : 'key.name')}</p>
			{note}
			{none && <p class="problem" role="alert">{t('key.none')}</p>}
			<ul class="list">
				{mine.keys.map((k) => (
					<li key={k.id} class="session"><b>{k.name}</b>
						<button type="button" class="button" onClick={() => void end(k.id)}>{t('acc.remove')}<span class="unseen">: {k.name}</span></button></li>
				))}
			</ul>
			{hasKeys && <Form what={t('key.add')} act={add}>
				<Field id="key-name" label={t('dev.name')} hint={t('key.hint')} value={name} set={setName} autocomplete="off" />
			</Form>}
		</Section>
	);
}

function Password(): JSX.Element {
	const [old, setOld] = useState('');
	const [password, setPassword] = useState('');
	const [again, setAgain] = useState('');
	const [differ, setDiffer] = useState(false);
	const { act, note } = useAct(t('acc.password_set'));
	const set = async () => {
		setDiffer(password !== again);
		if (password !== again) return;
		await act(async () => {
			await send('POST', '/session/password', { old, password });
			await enter(await get<Session>('/session'));
			setOld('');
			setPassword('');
			setAgain('');
		});
	};
	return (
		<Section title={t('sign.password')}>
			<p class="quiet">{t('acc.password_says')}</p>
			{note}
			{differ && <p class="problem" role="alert">{t('sign.differ')}</p>}
			<Form what={t('sign.set')} act={set}>
				<input type="text" class="unseen" name="username" autocomplete="username" value={session.value!.person.id} readOnly tabIndex={-1} aria-hidden="true" />
				<Field id="old" label={t('acc.old')} value={old} set={setOld} type="password" autocomplete="current-password" />
				<Field id="new-password" label={t('sign.new')} hint={t('sign.new_hint')} value={password} set={setPassword} type="password" autocomplete="new-password" />
				<Field id="again" label={t('sign.again')} value={again} set={setAgain} type="password" autocomplete="new-password" />
			</Form>
		</Section>
	);
}

function Pin({ mine, reload }: Part): JSX.Element {
	const [pin, setPin] = useState('');
	const { act, note } = useAct(t('acc.saved'));
	const set = (to: string) => act(async () => {
		await send('POST', '/session/pin/set', { pin: to });
		setPin('');
		await reload();
	});
	return (
		<Section title={t('acc.pin')}>
			<p>{t(mine.pin ? 'acc.pin_on' : 'acc.pin_off')}</p>
			{note}
			<Form what={t('acc.pin_set')} act={() => set(pin)}>
				<Field id="pin" label={t('acc.pin_new')} hint={t('acc.pin_hint')} value={pin} set={setPin} type="password" autocomplete="off" numeric />
			</Form>
			{mine.pin && <p><button type="button" class="button" onClick={() => void set('')}>{t('acc.pin_end')}</button></p>}
		</Section>
	);
}

function Sessions({ mine, reload }: Part): JSX.Element {
	const { act, note } = useAct('');
	const end = (id: string) => act(async () => {
		await send('POST', '/session/end', { id });
		await reload();
	});
	return (
		<Section title={t('acc.sessions')}>
			{note}
			<ul class="list">
				{mine.items.map((s) => (
					<li key={s.id} class="session">
						<span><b>{s.device ?? t('acc.browser')}</b>{s.here && <span class="tag">{t('acc.here')}</span>}
							<small class="quiet">{t('acc.since', { at: moment(s.begun, minute.value), used: moment(s.used, minute.value) })}</small></span>
						{!s.here && <button type="button" class="button" onClick={() => void end(s.id)}>{t('acc.end')}</button>}
					</li>
				))}
			</ul>
		</Section>
	);
}

export function AccountView(): JSX.Element {
	const [mine, set] = useState<Mine | null>(null);
	const [problem, setProblem] = useState<Problem | null>(null);
	const reload = async () => {
		try {
			set(await get<Mine>('/session/all'));
			setProblem(null);
		} catch (e) {
			if (!(e instanceof Problem)) throw e;
			setProblem(e);
		}
	};
	useEffect(() => { void reload(); }, [session.value?.person.id]);
	return (
		<div class="page">
			<h1>{t('view.account')}</h1>
			<ProblemNote problem={problem} />
			{!mine && !problem && <p class="quiet" aria-busy="true">{t('app.loading')}</p>}
			{mine && (
				<div class="account-parts">
					<Authenticator mine={mine} reload={reload} />
					<Keys mine={mine} reload={reload} />
					<Password />
					<Pin mine={mine} reload={reload} />
					<Sessions mine={mine} reload={reload} />
				</div>
			)}
		</div>
	);
}
