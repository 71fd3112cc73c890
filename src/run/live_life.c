/* Ordinary life beside a played scenario: another process of the program that plays, with a clock
 * of its own, so that it goes on while a trainer holds the story. */
#include "run/live_lead.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char name[] = "life";

bool live_is_life(const char *process)
{
	return strcmp(process, name) == 0;
}

enum ward_err live_set_wires(struct live *l, size_t number)
{
	size_t n;
	const struct ward_source *s = ward_model_sources(l->m, &n);
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < n; i++) {
		struct ward_str iface;
		char text[160];

		if (!live_starts(&s[i], "iface:", &iface))
			continue;
		(void)snprintf(text, sizeof(text), "%.*s:%.*s-far", WARD_STR_ARG(s[i].id),
			WARD_STR_ARG(iface));
		err = ward_supervisor_set(l->s, number, "wire", text);
	}
	return err;
}

/* A file by which who plays the story says that it has ended. */
static enum ward_err share_end(struct live *l, size_t life)
{
	const size_t both[] = {l->number[P_PLAY], life};
	int fd = memfd_create("over", MFD_CLOEXEC);
	enum ward_err err = fd < 0 ? live_because(l, WARD_ERR_IO, "the end of the play") : WARD_OK;

	for (size_t i = 0; !err && i < WARD_ARRAY_LEN(both); i++) {
		int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);

		err = own < 0 ? live_because(l, WARD_ERR_IO, "the end of the play")
			      : ward_supervisor_hand(l->s, both[i], "over", own);
		if (err && own >= 0)
			(void)close(own);
	}
	if (fd >= 0)
		(void)close(fd);
	return err;
}

enum ward_err live_add_life(struct live *l, ward_ns begin)
{
	const struct {
		const char *key, *value;
	} told[] = {{"life", l->o->life}, {"scenario", l->o->scenario}, {"hospital", l->o->dir},
		{"content", l->o->content}};
	size_t number;
	char text[32];

	if (!l->o->life)
		return WARD_OK;
	enum ward_err err = ward_supervisor_add(
		l->s, name, l->n_uid > LIVE_UID_LIFE ? LIVE_UID_LIFE : 0, true, &number);

	if (!err)
		err = ward_supervisor_program(l->s, number, "play");
	if (!err)
		err = live_set_limits(l, number);
	for (size_t i = 0; !err && i < WARD_ARRAY_LEN(told); i++)
		err = ward_supervisor_set(l->s, number, told[i].key, told[i].value);
	(void)snprintf(text, sizeof(text), "%lld", (long long)begin);
	if (!err)
		err = ward_supervisor_set(l->s, number, "begin", text);
	if (!err)
		err = live_hand_memory(l, number, "position", 0);
	if (!err)
		err = live_set_wires(l, number);
	return err ? err : share_end(l, number);
}
