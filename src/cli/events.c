#include "cli/events.h"

#include "sense/log/log.h"
#include "sense/net/replay.h"

#include <errno.h>

enum { ARENA_MAX = 64 << 20 }; /* one event */

static const struct ward_input_driver *const drivers[] = {
	WARD_LOG_DRIVERS, &ward_net_driver_pcap, &ward_net_driver_pcapng, NULL};

int ward_cli_events(const struct ward_cmd *cmd, const struct ward_input_opts *opts,
	const char *path, ward_cli_event_fn fn, void *ctx)
{
	struct ward_input in;
	struct ward_arena arena;
	struct ward_event e;
	enum ward_err err = ward_input_open(&in, path, WARD_INPUT_UNKNOWN, drivers, opts);

	if (err == WARD_ERR_UNSUPPORTED)
		return ward_cli_fail(cmd, "'%s' %s", path,
			ward_input_refusal(ward_slice_of(in.bytes.head, in.bytes.n_head)));
	if (err)
		return ward_cli_fail(cmd, "cannot read '%s': %s", path,
			err == WARD_ERR_NOT_FOUND ? strerror(errno) : ward_err_text(err));
	ward_arena_init(&arena, opts->mem, ARENA_MAX);
	while ((err = ward_input_next(&in, &arena, &e)) == WARD_OK)
		if ((err = fn(ctx, &e)) != WARD_OK)
			break;
	ward_arena_fini(&arena);
	ward_input_close(&in);
	return err == WARD_ERR_CLOSED ? WARD_EXIT_DONE
				      : ward_cli_fail(cmd, "'%s': %s", path, ward_err_text(err));
}
