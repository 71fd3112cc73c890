/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "e61eaa599fdbb0df";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-B0Kpg-Ib.css","/assets/account-r70CHRLK.js","/assets/asset-C2rMgbVw.js","/assets/assets-CiZ-WWk0.js","/assets/bulk-DYT7_Lxg.js","/assets/care-C0db_qI4.js","/assets/chance-B8iKb-zH.css","/assets/chance-DwIk464k.js","/assets/crisis-BdEIb8nO.css","/assets/crisis-DYyopW90.js","/assets/decide-jcpSCjPd.js","/assets/fr-DIhFMi-2.js","/assets/incident-uYYwaIta.js","/assets/index-0-btIQRD.js","/assets/index-LZSm9cSu.css","/assets/it-BQZqO8My.js","/assets/nl-Cx95TpxO.js","/assets/now-DDQVPasM.js","/assets/now-hI5RkJCI.css","/assets/people-PbUSIjko.js","/assets/plan-CHqvF_Ee.js","/assets/plan-DIlo3sz7.css","/assets/prevention-KkwodZgJ.js","/assets/privacy-DUVy779o.js","/assets/report-BunHZNsE.js","/assets/seen-CQ1SJ108.js","/assets/setup-BNTmqaH1.css","/assets/setup-CcI-vnGW.js","/assets/signs-DUXSk8yn.js","/assets/state-0-GR-Tb1.js","/assets/state-Ds4VuzBS.css","/assets/views-CaLgrOIb.css","/assets/views-DXQF7GYk.js","/assets/watch-C2LTy8kB.css","/assets/watch-EMpw1j7f.js","/assets/window-BU4AGzVF.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
const KEPT = /^\/api\/v1\/(session|now|plans|model|care|runs|actions|incidents)(\/|$)/;

self.addEventListener('install', (e) => {
	e.waitUntil(caches.open(SHELL).then((c) => c.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (e) => {
	e.waitUntil(caches.keys()
		.then((keys) => Promise.all(keys.filter((k) => k.startsWith('ward-shell-') && k !== SHELL).map((k) => caches.delete(k))))
		.then(() => self.clients.claim()));
});

async function keep(request, response) {
	const headers = new Headers(response.headers);
	headers.set('X-Ward-Stale', new Date().toISOString());
	const cache = await caches.open(STATE);
	await cache.put(request, new Response(await response.blob(), { status: response.status, headers }));
	const keys = await cache.keys(); /* oldest first */
	await Promise.all(keys.slice(0, Math.max(0, keys.length - STATE_MOST)).map((k) => cache.delete(k)));
}

async function state(event) {
	try {
		const response = await fetch(event.request);
		if (response.status === 401) event.waitUntil(caches.delete(STATE));
		else if (response.ok) event.waitUntil(keep(event.request, response.clone()));
		return response;
	} catch (e) {
		const kept = await caches.match(event.request, { cacheName: STATE });
		if (kept) return kept;
		throw e;
	}
}

async function page(event) {
	try {
		return await fetch(event.request, { signal: AbortSignal.timeout(WAIT_MS) });
	} catch (e) {
		const kept = await caches.match('/', { cacheName: SHELL });
		if (kept) return kept;
		throw e;
	}
}

self.addEventListener('fetch', (e) => {
	const url = new URL(e.request.url);
	if (e.request.method !== 'GET' || url.origin !== location.origin) return;
	if (url.pathname.startsWith('/api/')) {
		if (KEPT.test(url.pathname)) e.respondWith(state(e));
	} else if (e.request.mode === 'navigate') e.respondWith(page(e));
	else if (FILES.includes(url.pathname))
		e.respondWith(caches.match(e.request, { cacheName: SHELL }).then((kept) => kept ?? fetch(e.request)));
});
