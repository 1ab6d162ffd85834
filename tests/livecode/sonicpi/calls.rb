# Reads a JSON list of programs on stdin and writes, for each, the sorted names of what Ruby would
# call or look up in it, "`" for a command; null where Ruby cannot read it.
require 'json'

def names(node, found)
  return unless node.is_a?(RubyVM::AbstractSyntaxTree::Node)

  case node.type
  when :VCALL, :FCALL, :CONST, :COLON3 then found << node.children[0]
  when :CALL, :OPCALL, :QCALL, :ATTRASGN, :COLON2 then found << node.children[1]
  when :XSTR, :DXSTR then found << '`'
  end
  node.children.flatten.each { |child| names(child, found) }
end

$stderr.reopen(File::NULL)
answers = JSON.parse($stdin.read).map do |program|
  found = []
  names(RubyVM::AbstractSyntaxTree.parse(program), found)
  found.map(&:to_s).uniq.sort
rescue SyntaxError, ArgumentError, EncodingError, RangeError
  nil
end
puts JSON.generate(answers)
