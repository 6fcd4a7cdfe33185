// SPDX-License-Identifier: EUPL-1.2
export async function accountParts() {}
