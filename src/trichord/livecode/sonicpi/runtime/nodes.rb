# frozen_string_literal: true

module Trichord
  # scsynth's tree of groups and synths, as far as it decides which notifications a client gets:
  # when a group ends, everything in it ends.
  class NodeTree
    Node = Struct.new(:id, :parent, :children)

    ROOT = 0
    # Positions of /g_new, /s_new and /n_order that mean "inside the target": head and tail.
    INSIDE = [0, 1].freeze

    # `notify` is called with an address ('/n_go', '/n_end', '/n_move', '/n_on', '/n_off'), a node's
    # number and that of its group.
    def initialize(&notify)
      @notify = notify
      @nodes = { ROOT => Node.new(ROOT, nil, {}) }
    end

    def add(id, position, target)
      attach(@nodes[id] = Node.new(id, nil, {}), position, target)
      tell('/n_go', id)
    end

    def move(id, position, target)
      node = @nodes[id] or return
      @nodes[node.parent]&.children&.delete(id)
      attach(node, position, target)
      tell('/n_move', id)
    end

    def free(id)
      node = @nodes.delete(id) or return
      empty(node)
      parent = @nodes[node.parent]
      parent&.children&.delete(id)
      @notify.call('/n_end', id, node.parent)
    end

    def free_children(id)
      node = @nodes[id]
      empty(node) if node
    end

    def run(id, running)
      tell(running ? '/n_on' : '/n_off', id) if id != ROOT && @nodes.key?(id)
    end

    private

    def attach(node, position, target)
      group = INSIDE.include?(position) ? target : @nodes[target]&.parent
      group = ROOT unless @nodes.key?(group)
      node.parent = group
      @nodes[group].children[node.id] = true
    end

    def empty(node)
      node.children.keys.each { |id| free(id) }
    end

    def tell(address, id)
      @notify.call(address, id, @nodes[id].parent)
    end
  end
end
