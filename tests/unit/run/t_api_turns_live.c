/* What is computed for many people, asked of the real process of the console by two of them. */
#include "api_house.h"
#include "reckon/ask.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Has something of an answer come? What is of TLS alone is none. */
static bool has_come(struct tab *t)
{
	char c;

	assert_int_equal(fcntl(t->fd, F_SETFL, O_NONBLOCK), 0);
	bool is = SSL_peek(t->ssl, &c, 1) == 1;

	assert_int_equal(fcntl(t->fd, F_SETFL, 0), 0);
	return is;
}

/* As many questions as one person may wait for, and one more, which is refused. */
enum { QUESTIONS = 9 };

static void flood(struct tab tab[QUESTIONS], const char *cookie, unsigned budget)
{
	struct pollfd p[QUESTIONS + 2] = {{h.login[1], POLLIN, 0}, {h.store[1], POLLIN, 0}};
	char text[512];
	size_t refused = 0;

	for (size_t i = 0; i < QUESTIONS; i++) {
		tab[i] = open_tab();
		p[2 + i] = (struct pollfd){tab[i].fd, POLLIN, 0};
		(void)snprintf(text, sizeof(text),
			"GET /api/v1/paths?budget=%zu HTTP/1.1\r\nHost: localhost\r\n"
			"Accept-Language: it\r\n%s\r\n",
			budget + i, cookie);
		say(&tab[i], text);
	}
	while (!refused) {
		assert_true(poll(p, QUESTIONS + 2, PATIENCE_MS) > 0);
		if (p[0].revents)
			login_turn();
		if (p[1].revents)
			store_turn();
		for (size_t i = 2; i < QUESTIONS + 2 && !refused; i++)
			refused = p[i].revents && has_come(&tab[i - 2]) ? i : 0;
	}
	/* all of them have come: the others wait */
	hear(&tab[refused - 2], NULL);
	answers(" 429 ", "Retry-After: 5");
	answers("application/problem+json", "troppe delle vostre domande");
	close_tab(&tab[refused - 2]);
	tab[refused - 2] = tab[QUESTIONS - 1];
}

/* What `reckon` is asked next, which is answered: its budget. */
static uint64_t reckon_turn(void)
{
	struct pollfd p[] = {{h.reckon[1], POLLIN, 0}, {h.store[1], POLLIN, 0}};
	const struct ward_reckoned said = {WARD_OK, WARD_STR("{\"so\":true}"), 1};
	struct ward_wr w = ward_wr_fixed(out, sizeof(out));
	struct ward_reckon_ask a;
	struct ward_msg m;

	while (!p[0].revents) {
		assert_true(poll(p, 2, PATIENCE_MS) > 0);
		if (p[1].revents)
			store_turn();
	}
	assert_int_equal(ward_msg_recv(h.reckon[1], buf, &m), WARD_OK);
	assert_int_equal(m.type, WARD_MSG_RECKON);
	assert_int_equal(ward_reckon_get(&m.body, &a), WARD_OK);
	uint64_t budget = a.budget;

	ward_reckoned_put(&w, &said);
	assert_int_equal(
		ward_msg_send(h.reckon[1], WARD_MSG_RECKONED, m.id, ward_wr_slice(&w)), WARD_OK);
	return budget;
}

/* Who asks for what takes long has a bound, and delays nobody else but by one question. */
static void t_turns(void **state)
{
	enum { KEPT = QUESTIONS - 1 };
	struct tab first[QUESTIONS], second[QUESTIONS];
	uint8_t token[WARD_SIGN_TOKEN];
	char hex[WARD_SIGN_TEXT], cookie[128];

	(void)state;
	begin();
	struct tab t = ready();

	memcpy(token, h.token, sizeof(token));
	token[0] = OTHER;
	ward_sign_text(token, hex);
	(void)snprintf(cookie, sizeof(cookie), "Cookie: __Host-ward=%s\r\n", hex);
	ask(&t, "GET /api/v1/session", h.cookie, NULL);
	ask(&t, "GET /api/v1/session", cookie, NULL);
	flood(first, h.cookie, 100);
	flood(second, cookie, 200);
	assert_true(reckon_turn() < 200); /* it was there before the other came */
	for (size_t i = 1; i < KEPT; i++) {
		assert_true(reckon_turn() >= 200);
		assert_true(reckon_turn() < 200);
	}
	assert_true(reckon_turn() >= 200);
	for (size_t i = 0; i < KEPT; i++) {
		struct tab *both[] = {&first[i], &second[i]};

		for (size_t k = 0; k < 2; k++) {
			both[k]->n = 0;
			got[0] = 0;
			hear(both[k], NULL);
			answers(" 200 ", "{\"so\":true}");
			close_tab(both[k]);
		}
	}
	close_tab(&t);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(t_turns)};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
