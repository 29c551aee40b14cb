//! The group graph of one tenant, with nesting; cycles are tolerated.

use crate::ids::GroupId;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::hash::Hasher;

/// Groups and "is a member of" between them, made once per version and shared.
#[derive(Clone, Debug, Default)]
pub struct GroupGraph {
    index: HashMap<GroupId, u32, BuildHasherDefault<IdHasher>>,
    names: Vec<String>,
    ids: Vec<GroupId>,
    starts: Vec<u32>,
    parents: Vec<u32>,
}

/// The groups that an account belongs to, directly or through nesting.
#[derive(Clone, Debug)]
pub struct Membership(Vec<u64>);

/// Mixes the bytes of an id. Ids are random and ours, so nothing stronger is needed, and a decision looks up hundreds.
#[derive(Clone, Copy, Debug, Default)]
struct IdHasher(u64);

impl Hasher for IdHasher {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word.iter_mut().zip(chunk).for_each(|(to, from)| *to = *from);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(23) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    fn write_usize(&mut self, _length: usize) {}

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}

impl GroupGraph {
    /// Makes the graph from `(id, name)` of each group and `(member group, group)` pairs; pairs that name an unknown group are dropped.
    #[must_use]
    pub fn new(groups: Vec<(GroupId, String)>, nested: &[(GroupId, GroupId)]) -> Self {
        let index: HashMap<_, _, _> = groups.iter().zip(0u32..).map(|((id, _), at)| (*id, at)).collect();
        let mut edges: Vec<(u32, u32)> =
            nested.iter().filter_map(|(child, parent)| Some((*index.get(child)?, *index.get(parent)?))).collect();
        edges.sort_unstable();
        edges.dedup();
        let mut starts = Vec::with_capacity(groups.len() + 1);
        let mut parents = Vec::with_capacity(edges.len());
        let mut rest = edges.iter().peekable();
        for at in 0..u32::try_from(groups.len()).unwrap_or(u32::MAX) {
            starts.push(u32::try_from(parents.len()).unwrap_or(u32::MAX));
            while let Some((_, parent)) = rest.next_if(|(child, _)| *child == at) {
                parents.push(*parent);
            }
        }
        starts.push(u32::try_from(parents.len()).unwrap_or(u32::MAX));
        let (ids, names) = groups.into_iter().unzip();
        Self { index, names, ids, starts, parents }
    }

    /// Number of groups.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether the tenant has no group.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Name of a group, for evidence.
    #[must_use]
    pub fn name(&self, group: GroupId) -> Option<&str> {
        self.names.get(*self.index.get(&group)? as usize).map(String::as_str)
    }

    /// Everything reached from the direct groups, each group visited once.
    #[must_use]
    pub fn membership(&self, direct: &[GroupId]) -> Membership {
        let mut seen = Membership(vec![0; self.ids.len().div_ceil(64)]);
        let mut todo: Vec<u32> = direct.iter().filter_map(|id| self.index.get(id).copied()).collect();
        todo.retain(|at| seen.add(*at));
        while let Some(at) = todo.pop() {
            todo.extend(self.parents_of(at).iter().filter(|parent| seen.add(**parent)));
        }
        seen
    }

    /// Whether the account is in this group, directly or nested.
    #[must_use]
    pub fn contains(&self, membership: &Membership, group: GroupId) -> bool {
        self.index.get(&group).is_some_and(|at| membership.has(*at))
    }

    fn parents_of(&self, at: u32) -> &[u32] {
        let at = at as usize;
        let (Some(from), Some(to)) = (self.starts.get(at), self.starts.get(at + 1)) else {
            return &[];
        };
        self.parents.get(*from as usize..*to as usize).unwrap_or_default()
    }
}

impl Membership {
    fn has(&self, at: u32) -> bool {
        self.0.get(at as usize / 64).is_some_and(|word| word & (1 << (at % 64)) != 0)
    }

    /// Adds; `false` when it was there already.
    fn add(&mut self, at: u32) -> bool {
        let Some(word) = self.0.get_mut(at as usize / 64) else {
            return false;
        };
        let bit = 1 << (at % 64);
        let new = *word & bit == 0;
        *word |= bit;
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u128) -> GroupId {
        GroupId::from_bits(n)
    }

    #[test]
    fn nesting_is_followed_and_a_cycle_ends() {
        let graph = GroupGraph::new(
            (1..=4).map(|n| (id(n), format!("g{n}"))).collect(),
            &[(id(1), id(2)), (id(2), id(3)), (id(3), id(1)), (id(9), id(4))],
        );
        let mine = graph.membership(&[id(1)]);
        assert!(graph.contains(&mine, id(3)) && graph.contains(&mine, id(1)));
        assert!(!graph.contains(&mine, id(4)) && !graph.contains(&mine, id(9)));
    }
}
