/* Capture files as recorded input (sense/input.h): drivers for pcap and pcapng.
 *
 * Their events are those of `ward sense net FILE`, in the same order. A damaged file ends early and
 * is a problem ("net.loss.file_damaged"); what came before counts, and open flows still end. At the
 * end the sensor's counters are added to those of the input. */
#ifndef WARD_SENSE_NET_REPLAY_H
#define WARD_SENSE_NET_REPLAY_H

#include "sense/input.h"

extern const struct ward_input_driver ward_net_driver_pcap;
extern const struct ward_input_driver ward_net_driver_pcapng;

#endif
