import { effect } from '@preact/signals';
import { render } from 'preact';
import { App } from './app';
import { startKeys } from './keys';
import { outboxOf } from './outbox';
import { startRouter } from './router';
import { locked, session, start } from './state';
import './theme.css';
import './frame.css';

startRouter();
startKeys();
render(<App />, document.getElementById('app')!);
void start();
effect(() => outboxOf(session.value && !locked.value && !session.value.must_set_password ? session.value.person.id : ''));
if ('serviceWorker' in navigator && import.meta.env.PROD)
	navigator.serviceWorker.register('/sw.js').catch(() => {
		/* The browser does not trust the local authority (/ca.pem): the console works, without outages. */
	});
