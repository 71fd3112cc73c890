#include "run/live_lead.h"

#include "exercise/policy.h"
#include "run/play_clock.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

/* Play begins when Ward is up; its own start takes less. */
static const ward_ns play_after = 2 * WARD_NS_PER_S;
/* … and where servers of others have to come up. */
static const ward_ns stage_after = 8 * WARD_NS_PER_S;

/* One file in memory for all that are played. */
static enum ward_err share(struct live *l, int *file, size_t number, const char *name)
{
	if (*file < 0)
		*file = memfd_create(name, MFD_CLOEXEC);
	int fd = *file < 0 ? -1 : fcntl(*file, F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		return live_because(l, WARD_ERR_IO, name);
	enum ward_err err = ward_supervisor_hand(l->s, number, name, fd);

	if (err)
		(void)close(fd);
	return err;
}

enum ward_err live_share_clock(struct live *l, size_t number)
{
	return share(l, &l->play_clock, number, "clock");
}

ward_ns live_play_begin(struct live *l)
{
	if (!l->play_begin)
		l->play_begin = ward_clock_mono(l->o->clock) +
				(l->used[P_STAGE] ? stage_after : play_after);
	return l->play_begin;
}

enum ward_err live_share_time(struct live *l, size_t number)
{
	enum ward_err err = live_share_clock(l, number);
	char text[32];

	(void)snprintf(text, sizeof(text), "%lld", (long long)live_play_begin(l));
	return err ? err : ward_supervisor_set(l->s, number, "begin", text);
}

enum ward_err live_share_sets(struct live *l, size_t number)
{
	return share(l, &l->play_sets, number, "sets");
}

enum ward_err live_share_gone(struct live *l, size_t number)
{
	return share(l, &l->stage_gone, number, "gone");
}

static enum ward_err open_log(struct live *l, size_t number)
{
	char path[LIVE_PATH];
	int n = snprintf(path, sizeof(path), "%s/%s", l->o->state, WARD_LEAD_LOG), fd;

	if (n < 0 || (size_t)n >= sizeof(path))
		return live_because(l, WARD_ERR_LIMIT, l->o->state);
	fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return live_because(l, WARD_ERR_IO, path);
	enum ward_err err = ward_supervisor_hand(l->s, number, "log", fd);

	if (err)
		(void)close(fd);
	return err;
}

enum ward_err live_set_policy(struct live *l, size_t number, const struct ward_recipient *r)
{
	ward_ns after = l->o->policy ? ward_policy_acknowledges(l->o->policy, r->role, r->n_role)
				     : WARD_NS_NEVER;
	char text[32];

	if (after == WARD_NS_NEVER)
		return WARD_OK;
	(void)snprintf(text, sizeof(text), "%lld", (long long)after);
	enum ward_err err = live_share_time(l, number);

	return err ? err : ward_supervisor_set(l->s, number, "acknowledges", text);
}

/* recipient=RECIPIENT:NANOSECONDS:ROLE ROLE …: who acknowledges by a message's way has no role of
 * their own; how long after it a policy has them contain it, "-": never. */
static enum ward_err tell_recipient(struct live *l, const struct ward_recipient *r)
{
	ward_ns after = l->o->policy ? ward_policy_contains(l->o->policy, r->role, r->n_role)
				     : WARD_NS_NEVER;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), LIVE_PATH);

	ward_wr_str(&w, r->id);
	if (after == WARD_NS_NEVER)
		ward_wr_z(&w, ":-");
	else
		ward_wr_printf(&w, ":%lld", (long long)after);
	for (size_t i = 0; i < r->n_role; i++) {
		ward_wr_ch(&w, i ? ' ' : ':');
		ward_wr_str(&w, ward_model_node(l->m, r->role[i])->id);
	}
	enum ward_err err = ward_wr_bad(&w)
				    ? live_because(l, WARD_ERR_LIMIT, "a recipient's roles")
				    : live_set_text(l, P_PLAY, "recipient", ward_wr_text(&w));

	ward_wr_fini(&w);
	return err;
}

/* does=RECIPIENT:ROLE:NANOSECONDS:WORD of each thing that a role of the recipient does in the room
 * by the policy. */
static enum ward_err tell_does(
	struct live *l, const struct ward_recipient *to, const struct ward_policy_role *r)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < r->n_does && !err; i++) {
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), LIVE_PATH);

		if (r->does[i].after == WARD_NS_NEVER)
			continue;
		ward_wr_str(&w, to->id);
		ward_wr_ch(&w, ':');
		ward_wr_str(&w, ward_model_node(l->m, r->role)->id);
		ward_wr_printf(&w, ":%lld:%s", (long long)r->does[i].after, r->does[i].word);
		err = ward_wr_bad(&w) ? live_because(l, WARD_ERR_LIMIT, "a role's policy")
				      : live_set_text(l, P_PLAY, "does", ward_wr_text(&w));
		ward_wr_fini(&w);
	}
	return err;
}

static enum ward_err tell_all_does(struct live *l, const struct ward_recipient *to)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; l->o->policy && i < l->o->policy->n; i++)
		for (size_t k = 0; k < to->n_role && !err; k++)
			if (to->role[k] == l->o->policy->role[i].role)
				err = tell_does(l, to, &l->o->policy->role[i]);
	return err;
}

/* played=ROLE:ACKNOWLEDGES:CONTAINS:ANSWERS:AGREES:APPROVES:REFUSES:BEGINS of each role that a
 * policy plays, in nanoseconds, "-": it does not; of one that is left to people ROLE alone. For who
 * leads.
 */
static enum ward_err tell_played(struct live *l, const struct ward_policy_role *r)
{
	const ward_ns after[] = {r->acknowledges, r->contains, r->answers, r->agrees, r->approves,
		r->refuses, r->begins};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), LIVE_PATH);

	ward_wr_str(&w, ward_model_node(l->m, r->role)->id);
	for (size_t i = 0; !r->left && i < WARD_ARRAY_LEN(after); i++)
		if (after[i] == WARD_NS_NEVER)
			ward_wr_z(&w, ":-");
		else
			ward_wr_printf(&w, ":%lld", (long long)after[i]);
	enum ward_err err = ward_wr_bad(&w) ? live_because(l, WARD_ERR_LIMIT, "a role's policy")
					    : live_set_text(l, P_PLAY, "played", ward_wr_text(&w));

	ward_wr_fini(&w);
	return err;
}

enum ward_err live_set_lead(struct live *l)
{
	size_t number = l->number[P_PLAY];
	enum ward_err err = ward_supervisor_link(l->s, number, l->number[P_STORE]);

	if (!err)
		err = ward_supervisor_link(l->s, number, l->number[P_DESK]);
	if (!err)
		err = open_log(l, number);
	if (!err)
		err = live_share_clock(l, number);
	if (!err)
		err = live_share_sets(l, number);
	/* held before anybody asks: nothing that is played beside it runs ahead */
	if (!err && l->o->lead && !ward_play_clock_set(l->play_clock, 0, 0, -1, true))
		err = live_because(l, WARD_ERR_IO, "the time of the play");
	for (size_t k = 0; !err && k < l->n_send; k++)
		err = tell_recipient(l, l->send[k].to);
	for (size_t k = 0; !err && k < l->n_send; k++)
		err = tell_all_does(l, l->send[k].to);
	for (size_t i = 0; !err && l->o->policy && i < l->o->policy->n; i++)
		err = tell_played(l, &l->o->policy->role[i]);
	return err || !l->o->lead ? err : ward_supervisor_set(l->s, number, "lead", "yes");
}
