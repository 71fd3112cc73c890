#include "run/proc/tie.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static const ward_ns to_meet = 5 * WARD_NS_PER_S;

void tie_seats_open(struct tie_seats *s, struct ward_process *p, const char *what)
{
	const char *certificate = ward_process_setting(p, "certificate"),
		   *key = ward_process_setting(p, "key"), *trust = ward_process_setting(p, "trust");
	char why[LOG_TLS_WHY] = "certificate, key and trust are needed";
	uint8_t sum[EVP_MAX_MD_SIZE];
	size_t n;

	s->listener = ward_process_need_fd(p, "listener");
	/* OpenSSL reads its configuration with its first use: that must be before the cage. */
	if (setenv("TZ", "UTC0", 1) != 0 ||
		EVP_Q_digest(NULL, "SHA256", NULL, "", 0, sum, &n) != 1 || !certificate || !key ||
		!trust || log_tls_server_new(certificate, key, trust, why, &s->tls) != WARD_OK)
		ward_process_die(p, why, WARD_ERR_CONFIG);
	if (!log_tls_own_name(s->tls, s->guard.own, sizeof(s->guard.own)) ||
		!ward_standby_name_ok(ward_str_z(s->guard.own)))
		ward_process_die(p,
			"its certificate needs a name (CN) of 1 to 31 printable characters",
			WARD_ERR_CONFIG);
	for (size_t i = 0; i < TIE_SEATS; i++)
		tie_init(&s->tie[i], p, what);
}

/* A free one; else the oldest of those that have not met; else the oldest. */
static struct tie *seat(struct tie_seats *s)
{
	struct tie *best = &s->tie[0];

	for (size_t i = 0; i < TIE_SEATS; i++) {
		struct tie *t = &s->tie[i];

		if (!tie_open(t))
			return t;
		if (t->met != best->met ? best->met : t->since < best->since)
			best = t;
	}
	return best;
}

void tie_seats_accept(struct tie_seats *s)
{
	int fd = accept4(s->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd >= 0)
		tie_accept(seat(s), s->tls, &s->guard, fd);
}

void tie_seats_turn(struct tie_seats *s)
{
	for (size_t i = 0; i < TIE_SEATS; i++) {
		struct tie *t = &s->tie[i];

		(void)tie_turn(t);
		if (tie_open(t) && !t->met && ward_clock_mono(t->p->clock) - t->since > to_meet) {
			ward_count_name(&t->p->counters, "standby.unmet", 1);
			tie_hang_up(t);
		}
	}
}

void tie_seats_met(struct tie_seats *s, const struct tie *t)
{
	for (size_t i = 0; i < TIE_SEATS; i++)
		if (&s->tie[i] != t && s->tie[i].met && strcmp(s->tie[i].name, t->name) == 0)
			tie_hang_up(&s->tie[i]);
}

void tie_seats_poll(const struct tie_seats *s, struct pollfd p[TIE_SEATS_POLL])
{
	p[0] = (struct pollfd){s->listener, POLLIN, 0};
	for (size_t i = 0; i < TIE_SEATS; i++)
		tie_poll(&s->tie[i], p + 1 + 2 * i);
}
