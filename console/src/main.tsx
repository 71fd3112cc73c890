import { render } from 'preact';
import { App } from './app';
import { startKeys } from './keys';
import { startRouter } from './router';
import { start } from './state';
import './theme.css';
import './frame.css';

startRouter();
startKeys();
render(<App />, document.getElementById('app')!);
void start();
if ('serviceWorker' in navigator && import.meta.env.PROD)
	navigator.serviceWorker.register('/sw.js').catch(() => {
		/* The browser does not trust the local authority (/ca.pem): the console works, without outages. */
	});
