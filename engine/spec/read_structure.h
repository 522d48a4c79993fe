// Reads what no single member of the spec holds: fields whose rows name these functions instead of a member.
#pragma once

#include "spec/field_binding.h"

namespace pgfill::spec {

void read_version(SpecDecoder& decoder, const Found& found, void* spec);
void read_table(SpecDecoder& decoder, const Found& found, void* spec);
/// A replica's or a signal's: unique in its list, and no built-in signal's.
void read_replica_name(SpecDecoder& decoder, const Found& found, void* replica);
void read_signal_name(SpecDecoder& decoder, const Found& found, void* signal);

}  // namespace pgfill::spec
